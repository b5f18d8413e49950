package org.fpm4j.config.internal.ini;

/**
 * A token of the ini grammar.
 *
 * @param type what it is
 * @param text its value: a name, a piece of a value; for {@link Type#CHARACTER} the character
 */
record IniToken(Type type, String text) {

  /** The kinds of token, with the names PHP's messages call them by. */
  enum Type {
    END("end of file"),
    END_OF_LINE("END_OF_LINE"),
    SECTION("TC_SECTION"),
    RAW("TC_RAW"),
    CONSTANT("TC_CONSTANT"),
    NUMBER("TC_NUMBER"),
    STRING("TC_STRING"),
    WHITESPACE("TC_WHITESPACE"),
    LABEL("TC_LABEL"),
    OFFSET("TC_OFFSET"),
    DOLLAR_CURLY("TC_DOLLAR_CURLY"),
    VARIABLE("TC_VARNAME"),
    QUOTED_STRING("TC_QUOTED_STRING"),
    TRUE("BOOL_TRUE"),
    FALSE("BOOL_FALSE"),
    NULL("NULL_NULL"),
    CHARACTER("");

    private final String title;

    Type(String title) {
      this.title = title;
    }
  }

  /** Whether it is this character. */
  boolean is(char character) {
    return type == Type.CHARACTER && text.charAt(0) == character;
  }

  /** How PHP names it in a message. */
  String title() {
    return type == Type.CHARACTER ? "'" + text + "'" : type.title;
  }
}
