package org.fpm4j.config.internal.ini;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Parses one line by PHP's ini grammar, as php-fpm does with each line of its files: names,
 * sections, arrays, values made of pieces, and expressions of the integer operators {@code | & ^}
 * (all of one rank, from the left) and {@code ~ !}.
 */
public final class IniLineParser {

  private static final class SyntaxError extends Exception {
    private static final long serialVersionUID = 1;

    SyntaxError(String message) {
      super(message, null, false, false);
    }
  }

  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** Of parentheses and prefix operators; PHP's own parser has a limit, too. */
  private static final int MOST_NESTING = 500;

  private final IniScanner scanner;
  private final UnaryOperator<String> variables;
  private final List<IniStatement> statements = new ArrayList<>();
  private IniToken token;
  private int nesting;

  private IniLineParser(String line, UnaryOperator<String> variables) {
    // PHP passes over a byte order mark, and does so at the beginning of each line it is given.
    String text = line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
    this.scanner = new IniScanner(text.endsWith("\n") ? text : text + "\n");
    this.variables = variables;
    this.token = scanner.next();
  }

  /**
   * Parses one line.
   *
   * @param line the text, with or without its newline
   * @param variables gives the value of {@code ${NAME}}, empty text if there is none
   */
  public static IniLine parse(String line, UnaryOperator<String> variables) {
    IniLineParser parser = new IniLineParser(line, variables);
    try {
      while (parser.token.type() != IniToken.Type.END) {
        parser.statement();
      }
      return new IniLine(parser.statements, Optional.empty(), 0);
    } catch (SyntaxError e) {
      return new IniLine(parser.statements, Optional.of(e.getMessage()), parser.scanner.line());
    }
  }

  private void statement() throws SyntaxError {
    switch (token.type()) {
      case END_OF_LINE -> advance();
      case SECTION -> section();
      case LABEL -> entry();
      case OFFSET -> arrayEntry();
      default -> throw unexpected("");
    }
  }

  private void section() throws SyntaxError {
    advance();
    String name = startsPiece() ? pieces(false) : "";
    expect(']', token.type() == IniToken.Type.END ? "expecting ']'" : "");
    statements.add(new IniStatement.Section(name));
  }

  private void entry() throws SyntaxError {
    String name = token.text();
    advance();
    if (!token.is('=')) {
      statements.add(new IniStatement.BareName(name));
      return;
    }
    advance();
    statements.add(new IniStatement.Entry(name, value()));
  }

  private void arrayEntry() throws SyntaxError {
    String name = token.text();
    advance();
    String key = startsPiece() ? pieces(true) : "";
    expect(']', "expecting ']'");
    expect('=', "expecting '='");
    statements.add(new IniStatement.ArrayEntry(name, key, value()));
  }

  private String value() throws SyntaxError {
    switch (token.type()) {
      case TRUE, FALSE, NULL, END_OF_LINE -> {
        String value = token.text();
        advance();
        return value;
      }
      default -> {
        return expression();
      }
    }
  }

  private String expression() throws SyntaxError {
    String left = operand();
    while (token.is('|') || token.is('&') || token.is('^')) {
      char operator = token.text().charAt(0);
      advance();
      int a = leadingInteger(left);
      int b = leadingInteger(operand());
      left =
          Integer.toString(
              switch (operator) {
                case '|' -> a | b;
                case '&' -> a & b;
                default -> a ^ b;
              });
    }
    return left;
  }

  private String operand() throws SyntaxError {
    if (++nesting > MOST_NESTING) {
      throw new SyntaxError("memory exhausted");
    }
    String value = nestedOperand();
    nesting--;
    return value;
  }

  private String nestedOperand() throws SyntaxError {
    if (token.is('~')) {
      advance();
      return Integer.toString(~leadingInteger(operand()));
    }
    if (token.is('!')) {
      advance();
      return leadingInteger(operand()) == 0 ? "1" : "0";
    }
    if (token.is('(')) {
      advance();
      String inner = expression();
      expect(')', "expecting '^' or '|' or '&' or ')'");
      return inner;
    }
    if (!startsPiece()) {
      throw unexpected("");
    }
    return pieces(true);
  }

  private boolean startsPiece() {
    return switch (token.type()) {
      case DOLLAR_CURLY, CONSTANT, RAW, NUMBER, STRING, WHITESPACE -> true;
      case CHARACTER -> token.is('"');
      default -> false;
    };
  }

  private String pieces(boolean constants) throws SyntaxError {
    StringBuilder value = new StringBuilder();
    while (startsPiece()) {
      if (token.type() == IniToken.Type.DOLLAR_CURLY) {
        value.append(variable());
      } else if (token.is('"')) {
        value.append(quoted());
      } else {
        boolean constant = constants && token.type() == IniToken.Type.CONSTANT;
        value.append(
            constant ? PhpConstants.value(token.text()).orElse(token.text()) : token.text());
        advance();
      }
    }
    return value.toString();
  }

  private String quoted() throws SyntaxError {
    StringBuilder value = new StringBuilder();
    advance();
    while (!token.is('"')) {
      if (token.type() == IniToken.Type.DOLLAR_CURLY) {
        value.append(variable());
      } else if (token.type() == IniToken.Type.QUOTED_STRING) {
        value.append(token.text());
        advance();
      } else {
        throw unexpected("expecting TC_DOLLAR_CURLY or TC_QUOTED_STRING or '\"'");
      }
    }
    advance();
    return value.toString();
  }

  private String variable() throws SyntaxError {
    advance();
    if (token.type() != IniToken.Type.VARIABLE) {
      throw unexpected("expecting TC_VARNAME");
    }
    String value = variables.apply(token.text());
    advance();
    expect('}', "expecting '}'");
    return value;
  }

  private void expect(char character, String expecting) throws SyntaxError {
    if (!token.is(character)) {
      throw unexpected(expecting);
    }
    advance();
  }

  private void advance() {
    token = scanner.next();
  }

  private SyntaxError unexpected(String expecting) {
    return new SyntaxError(
        "syntax error, unexpected "
            + token.title()
            + (expecting.isEmpty() ? "" : ", " + expecting));
  }

  /** As C's atoi(3) on 64-bit Linux: leading blanks, a sign, digits; the low 32 bits. */
  private static int leadingInteger(String text) {
    String trimmed = text.stripLeading();
    int end = !trimmed.isEmpty() && "+-".indexOf(trimmed.charAt(0)) >= 0 ? 1 : 0;
    int start = end;
    while (end < trimmed.length() && Character.digit(trimmed.charAt(end), 10) >= 0) {
      end++;
    }
    if (end == start) {
      return 0;
    }
    try {
      return (int) Long.parseLong(trimmed.substring(0, end));
    } catch (NumberFormatException ignored) {
      // strtol stays at the end of its range
      return trimmed.startsWith("-") ? (int) Long.MIN_VALUE : (int) Long.MAX_VALUE;
    }
  }
}
