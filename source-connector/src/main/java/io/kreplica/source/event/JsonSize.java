package io.kreplica.source.event;

/**
 * How many bytes a text takes on the topic as JSON: escaped, in UTF-8. Other converters take less.
 */
final class JsonSize {

  /** As backslash, u and four digits. No UTF-16 unit takes more. */
  static final int LARGEST = 6;

  private JsonSize() {}

  /** Of a UTF-16 unit. Jackson writes each of a pair as an escape. */
  static int of(char c) {
    if (c < ' ') {
      return c == '\n' || c == '\t' || c == '\r' || c == '\b' || c == '\f' ? 2 : LARGEST;
    }
    if (c < 0x80) {
      return c == '"' || c == '\\' ? 2 : 1;
    }
    if (Character.isSurrogate(c)) {
      return LARGEST;
    }
    return c < 0x800 ? 2 : 3;
  }

  /** Of a text, without the quotes around it. */
  static long of(CharSequence text) {
    var size = 0L;
    for (var i = 0; i < text.length(); i++) {
      size += of(text.charAt(i));
    }
    return size;
  }
}
