package org.fpm4j.config.internal.ini;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.fpm4j.config.internal.ini.IniStatement.ArrayEntry;
import org.fpm4j.config.internal.ini.IniStatement.BareName;
import org.fpm4j.config.internal.ini.IniStatement.Entry;
import org.fpm4j.config.internal.ini.IniStatement.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expectations were recorded from php-fpm 8.2.36 ({@code -tt}). */
class IniLineParserTest {

  private static IniLine parse(String line) {
    return IniLineParser.parse(line, name -> name.equals("HOME") ? "/root" : "");
  }

  private static List<IniStatement> statements(String line) {
    return parse(line).statements();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "a b~a b",
        "  a   b  ~a   b",
        "ON ; c~1",
        "\"on\"~on",
        "none~``",
        "null~``",
        "a;c~a",
        "\"a;c\"~a;c",
        "\"a\\\"b\"~a\"b",
        "\"a\\\\b\"~a\\b",
        "\"a\\'b\"~a\\'b",
        "\"a\\nb\"~a\\nb",
        "\"a\\\"~a\\",
        "\"a\\\";c\"~a\";c",
        "\"a\\$b\"~a$b",
        "\"\\${HOME}\"~${HOME}",
        "\\${HOME}~\\/root",
        "a\\b~a\\b",
        "'a'b~ab",
        "'a''b'~ab",
        "'a' 'b'~a b",
        "a'b~a",
        "'\\''~\\",
        "\"a\" b~ab",
        "a \"b\"~ab",
        "x${HOME}y~x/rooty",
        "\"a ${HOME} b\"~a /root b",
        "${ HOME }~/root",
        "${HOME}}~/root}",
        "${HOME:-x}~``",
        "$${HOME}~$${HOME}",
        "$HOME~$HOME",
        "a{b}~a{b}",
        "a\\;b~a\\",
        "[a]~[a]",
        "#x~#x",
        "E_ALL:x~E_ALL:x",
        "e_all~e_all",
        "1|2~3",
        "4 | 3 & 1~1",
        "1|2^3~0",
        "(1|2)&3~3",
        "a & b~0",
        "(a b)~a b",
        "99999999999|0~1215752191",
        "7x|0~7",
        "12.5~12.5",
      })
  void readsValuesAsPhpDoes(String written, String value) {
    assertEquals(List.of(new Entry("x", value)), statements("x=" + written), "value of " + written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "x=on foo~TC_CONSTANT",
        "x=foo on~BOOL_TRUE",
        "x=a=b~'='",
        "x=a(b)~'('",
        "x=a!b~'!'",
        "x=1)~')'",
        "x=^~'^'",
        "on=1~BOOL_TRUE",
        "null=1~NULL_NULL",
        "=1~'='",
        "{a}=1~'{'",
        "\"a\"=1~'\"'",
        "x='it~end of file",
        "x=(1~END_OF_LINE, expecting '^' or '|' or '&' or ')'",
        "x=${~end of file, expecting TC_VARNAME",
        "x=${}~'}', expecting TC_VARNAME",
        "x=\"${HOME\"~end of file, expecting '}'",
        "x=\"abc~end of file, expecting TC_DOLLAR_CURLY or TC_QUOTED_STRING or '\"'",
        "a[b] x~TC_LABEL, expecting '='",
        "a[b]]=1~TC_LABEL, expecting '='",
        "a[b~end of file, expecting ']'",
      })
  void reportsWhatPhpDidNotExpect(String line, String unexpected) {
    assertEquals(Optional.of("syntax error, unexpected " + unexpected), parse(line).syntaxError());
  }

  @Test
  void computesErrorLevels() {
    assertEquals(
        List.of(new ArrayEntry("php_value", "error_reporting", "32757")),
        statements("php_value[error_reporting] = E_ALL & ~(E_NOTICE|E_WARNING)"));
  }

  @Test
  void replacesConstantsBetweenBlanks() {
    assertEquals(List.of(new Entry("x", "32767 8")), statements("x = E_ALL E_NOTICE"));
  }

  @Test
  void keepsBlanksInsideKeysButNotBeforeThem() {
    assertEquals(List.of(new ArrayEntry("a", "b ", "1")), statements("a[ b ]=1"));
  }

  @Test
  void readsKeysInQuotesVariablesAndConstants() {
    assertEquals(List.of(new ArrayEntry("a", "b", "1")), statements("a[\"b\"]=1"));
    assertEquals(List.of(new ArrayEntry("a", "b", "1")), statements("a['b']=1"));
    assertEquals(List.of(new ArrayEntry("a", "/root", "1")), statements("a[${HOME}]=1"));
    assertEquals(List.of(new ArrayEntry("a", "32767", "1")), statements("a[E_ALL]=1"));
    assertEquals(List.of(new ArrayEntry("a", "on", "1")), statements("a[on]=1"));
    assertEquals(List.of(new ArrayEntry("a", "", "1")), statements("a[]=1"));
  }

  @Test
  void readsWhatFollowsASectionOnItsLine() {
    assertEquals(
        List.of(new Section("x"), new Entry("clear_env", "")), statements("[x]clear_env=no"));
    assertEquals(List.of(new Section(" x ")), statements("[ x ]"));
    assertEquals(List.of(new Section("")), statements("[]"));
  }

  @Test
  void reportsANameWithoutValueAndStillWhatFollowsIt() {
    assertEquals(List.of(new BareName("foo bar")), statements("foo bar"));
    IniLine line = parse("a|b=1");
    assertEquals(List.of(new BareName("a")), line.statements());
    assertEquals(Optional.of("syntax error, unexpected '|'"), line.syntaxError());
  }

  @Test
  void startsANewStatementAtACarriageReturn() {
    assertEquals(List.of(new Entry("x", "a"), new BareName("b")), statements("x=a\rb\n"));
    assertEquals(List.of(new Entry("x", "a")), statements("x=a\r\n"));
  }

  @Test
  void leavesTheNewlineOutOfAValueThatEndsInADollarSign() {
    assertEquals(List.of(new Entry("x", "a$")), statements("x=a$\n"));
    assertEquals(List.of(new Entry("x", "a$\\")), statements("x=a$\\\n"));
  }

  @Test
  void endsAtANulCharacter() {
    assertEquals(List.of(new Entry("x", "a")), statements("x=a\0b"));
  }

  @Test
  void findsNothingInCommentsAndBlankLines() {
    assertEquals(List.of(), statements("; x = 1"));
    assertEquals(List.of(), statements("  \t ;"));
    assertEquals(List.of(), statements("\t\n"));
    assertEquals(Optional.empty(), parse("   ").syntaxError());
  }

  @Test
  void takesLongAndDeeplyNestedValues() {
    String dollars = "$a".repeat(50_000);
    assertEquals(List.of(new Entry("x", dollars)), statements("x=" + dollars));
    String quoted = "\\x".repeat(50_000);
    assertEquals(1, statements("x=\"" + quoted + "\"").size());
    assertEquals(Optional.of("memory exhausted"), parse("x=" + "(".repeat(50_000)).syntaxError());
  }
}
