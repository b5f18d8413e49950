package org.fpm4j.config.internal.ini;

import static org.fpm4j.config.internal.ini.IniToken.Type.CHARACTER;
import static org.fpm4j.config.internal.ini.IniToken.Type.CONSTANT;
import static org.fpm4j.config.internal.ini.IniToken.Type.DOLLAR_CURLY;
import static org.fpm4j.config.internal.ini.IniToken.Type.END;
import static org.fpm4j.config.internal.ini.IniToken.Type.END_OF_LINE;
import static org.fpm4j.config.internal.ini.IniToken.Type.FALSE;
import static org.fpm4j.config.internal.ini.IniToken.Type.LABEL;
import static org.fpm4j.config.internal.ini.IniToken.Type.NULL;
import static org.fpm4j.config.internal.ini.IniToken.Type.NUMBER;
import static org.fpm4j.config.internal.ini.IniToken.Type.OFFSET;
import static org.fpm4j.config.internal.ini.IniToken.Type.QUOTED_STRING;
import static org.fpm4j.config.internal.ini.IniToken.Type.RAW;
import static org.fpm4j.config.internal.ini.IniToken.Type.SECTION;
import static org.fpm4j.config.internal.ini.IniToken.Type.STRING;
import static org.fpm4j.config.internal.ini.IniToken.Type.TRUE;
import static org.fpm4j.config.internal.ini.IniToken.Type.VARIABLE;
import static org.fpm4j.config.internal.ini.IniToken.Type.WHITESPACE;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a line into tokens as PHP's ini scanner does in its normal mode, oddities included: which
 * token comes next depends on the state, and within a state the longest match counts, of equal ones
 * the first named here.
 *
 * <p>Two oddities worth knowing: a single quote that is never closed ends the text, and two single
 * quotes with nothing between end the value.
 */
final class IniScanner {

  private enum State {
    INITIAL,
    SECTION,
    OFFSET,
    VALUE,
    QUOTES,
    VARIABLE
  }

  // PHP takes the newline after a last dollar sign into the value, too; that helps nobody.
  private static final String LITERAL_DOLLAR =
      "(?:\\$(?=[\\r\\n])|\\$\\\\[^\\r\\n]|\\$[^{\\x00\\r\\n])";
  private static final Pattern LABEL_CHARS = Pattern.compile("[^=\\n\\r\\t;&|^$~(){}!\"\\[\\x00]+");
  private static final Pattern EQUALS = Pattern.compile("[ \\t]*=[ \\t]*");
  private static final Pattern LINE_END =
      Pattern.compile("[ \\t]*(?:;[^\\r\\n]*)?(?:\\r\\n|\\r|\\n)");
  private static final Pattern WORD =
      Pattern.compile(
          "(?:(true|on|yes)|(false|off|none|no)|(null))[ \\t]*", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern DIGITS = Pattern.compile("-?[0-9]+|[0-9]*\\.[0-9]+|[0-9]+\\.[0-9]*");
  private static final Pattern VALUE_CHARS =
      Pattern.compile("(?:[^$= \\t\\n\\r;&|^~()!\"'\\x00]++|" + LITERAL_DOLLAR + ")++");
  private static final Pattern BRACKET_CHARS =
      Pattern.compile("(?:[^$\\n\\r;\"'\\]\\\\]++|\\\\[\\s\\S]|" + LITERAL_DOLLAR + ")++");
  private static final Pattern OPERATOR = Pattern.compile("[ \\t]*([&|^~()!])[ \\t]*");
  private static final Pattern RAW_STRING = Pattern.compile("'([^']+)'");
  private static final Pattern OPENING_QUOTE = Pattern.compile("[ \\t]*\"");
  private static final Pattern CLOSING_QUOTE = Pattern.compile("\"[ \\t]*");
  private static final Pattern NEWLINE = Pattern.compile("\\r\\n|\\r|\\n");
  private static final Pattern BLANKS = Pattern.compile("[ \\t]+");

  private final String text;
  private final Matcher matcher;
  private final Deque<State> outer = new ArrayDeque<>();
  private State state = State.INITIAL;
  private int at;
  private int line = 1;

  IniScanner(String text) {
    this.text = text;
    this.matcher = NAME.matcher(text);
  }

  /** The line being scanned, from 1. */
  int line() {
    return line;
  }

  /** The next token; END from the end of the text on, or where PHP stops reading. */
  IniToken next() {
    if (at >= text.length()) {
      return state == State.VALUE ? endOfValue() : token(END, "");
    }
    return switch (state) {
      case INITIAL -> nextInitial();
      case SECTION, OFFSET -> nextInBrackets();
      case VALUE -> nextInValue();
      case QUOTES -> nextInQuotes();
      case VARIABLE -> nextInVariable();
    };
  }

  private IniToken nextInitial() {
    if (text.charAt(at) == '[') {
      at++;
      state = State.SECTION;
      return token(SECTION, "[");
    }
    int label = length(LABEL_CHARS);
    int word = length(WORD);
    int lineEnd = length(LINE_END);
    int equals = length(EQUALS);
    if (lineEnd > label) {
      return endOfLine(lineEnd);
    }
    if (equals > label) {
      at += equals;
      state = State.VALUE;
      return token(CHARACTER, "=");
    }
    if (label > 0 && at + label < text.length() && text.charAt(at + label) == '[') {
      String name = text.substring(at, at + label).strip();
      at += label + 1;
      at += length(BLANKS);
      state = State.OFFSET;
      return token(OFFSET, name);
    }
    if (word > 0 && word >= label) {
      return word(word);
    }
    if (label > 0) {
      String name = text.substring(at, at + label).strip();
      at += label;
      return token(LABEL, name);
    }
    if (length(BLANKS) > 0) {
      at += length(BLANKS);
      return next();
    }
    return text.charAt(at) == 0 ? end() : character();
  }

  private IniToken nextInBrackets() {
    char first = text.charAt(at);
    if (first == '\'' && length(RAW_STRING) > 0) {
      return rawString();
    }
    if (first == ']') {
      at++;
      if (state == State.SECTION) {
        line++;
        at += length(BLANKS);
        // PHP eats the newline here, too, so that the section's line has no end of its own.
        at += length(NEWLINE);
      }
      state = State.INITIAL;
      return token(CHARACTER, "]");
    }
    if (text.startsWith("${", at)) {
      return variable();
    }
    if (length(OPENING_QUOTE) > 0) {
      return openQuotes();
    }
    int chars = length(BRACKET_CHARS);
    if (chars == 0) {
      return end();
    }
    return piece(chars, text.substring(at, at + chars));
  }

  private IniToken nextInValue() {
    if (length(LINE_END) > 0) {
      return endOfLine(length(LINE_END));
    }
    int chars = length(VALUE_CHARS);
    int word = length(WORD);
    if (word > 0 && word >= chars) {
      return word(word);
    }
    if (text.startsWith("${", at)) {
      return variable();
    }
    if (length(EQUALS) > 0) {
      return endOfValue();
    }
    if (length(OPERATOR) > 0) {
      String operator = matcher.group(1);
      at = matcher.end();
      return token(CHARACTER, operator);
    }
    if (length(OPENING_QUOTE) > 0) {
      return openQuotes();
    }
    if (length(BLANKS) > 0) {
      return piece(WHITESPACE, length(BLANKS));
    }
    if (text.charAt(at) == '\'') {
      return singleQuote();
    }
    return chars > 0 ? piece(chars, text.substring(at, at + chars)) : end();
  }

  private IniToken singleQuote() {
    if (length(RAW_STRING) > 0) {
      return rawString();
    }
    if (text.startsWith("''", at)) {
      at++;
      return endOfValue();
    }
    return end();
  }

  private IniToken nextInQuotes() {
    if (text.startsWith("${", at)) {
      return variable();
    }
    if (length(CLOSING_QUOTE) > 0) {
      at += length(CLOSING_QUOTE);
      state = outer.pop();
      return token(CHARACTER, "\"");
    }
    int end = at;
    while (end < text.length() && !endsQuotedPiece(end)) {
      end += text.charAt(end) == '\\' && !isLastQuoteOfLine(end + 1) ? 2 : 1;
    }
    end = Math.min(end, text.length());
    String piece = text.substring(at, end);
    line += (int) piece.chars().filter(c -> c == '\n' || c == '\r').count();
    at = end;
    return token(QUOTED_STRING, unescape(piece));
  }

  private boolean endsQuotedPiece(int index) {
    return text.charAt(index) == '"' || text.startsWith("${", index);
  }

  /** A quote at the end of a line closes the string even after a backslash. */
  private boolean isLastQuoteOfLine(int index) {
    return index + 1 < text.length()
        && text.charAt(index) == '"'
        && (text.charAt(index + 1) == '\n' || text.charAt(index + 1) == '\r');
  }

  private IniToken nextInVariable() {
    if (text.charAt(at) == '}') {
      at++;
      state = outer.pop();
      return token(CHARACTER, "}");
    }
    int label = length(LABEL_CHARS);
    if (label == 0) {
      return end();
    }
    String name = text.substring(at, at + label).strip();
    at += label;
    return token(VARIABLE, name);
  }

  private IniToken variable() {
    at += 2;
    outer.push(state);
    state = State.VARIABLE;
    return token(DOLLAR_CURLY, "${");
  }

  private IniToken openQuotes() {
    at += length(OPENING_QUOTE);
    outer.push(state);
    state = State.QUOTES;
    return token(CHARACTER, "\"");
  }

  private IniToken rawString() {
    length(RAW_STRING);
    at = matcher.end();
    return token(RAW, matcher.group(1));
  }

  private IniToken word(int length) {
    String word = text.substring(at, at + length).strip().toLowerCase(Locale.ROOT);
    at += length;
    return switch (word) {
      case "true", "on", "yes" -> token(TRUE, "1");
      case "null" -> token(NULL, "");
      default -> token(FALSE, "");
    };
  }

  private IniToken piece(int length, String value) {
    IniToken.Type type = STRING;
    if (length(NAME) == length) {
      type = CONSTANT;
    } else if (length(DIGITS) == length) {
      type = NUMBER;
    }
    at += length;
    return token(type, value);
  }

  private IniToken piece(IniToken.Type type, int length) {
    at += length;
    return token(type, text.substring(at - length, at));
  }

  private IniToken endOfLine(int length) {
    at += length;
    line++;
    return endOfValue();
  }

  private IniToken endOfValue() {
    state = State.INITIAL;
    return token(END_OF_LINE, "");
  }

  private IniToken end() {
    at = text.length();
    state = State.INITIAL;
    return token(END, "");
  }

  private IniToken character() {
    return token(CHARACTER, String.valueOf(text.charAt(at++)));
  }

  private int length(Pattern pattern) {
    matcher.usePattern(pattern).region(at, text.length());
    return matcher.lookingAt() ? matcher.end() - matcher.start() : 0;
  }

  private static String unescape(String piece) {
    StringBuilder value = new StringBuilder(piece.length());
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      if (c == '\\' && i + 1 < piece.length()) {
        char next = piece.charAt(++i);
        if (next != '\\' && next != '$' && next != '"') {
          value.append(c);
        }
        value.append(next);
      } else {
        value.append(c);
      }
    }
    return value.toString();
  }

  private static IniToken token(IniToken.Type type, String text) {
    return new IniToken(type, text);
  }
}
