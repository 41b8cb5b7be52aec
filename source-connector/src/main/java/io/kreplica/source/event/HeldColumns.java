package io.kreplica.source.event;

import java.util.List;

/** The columns of a row that is held whole. */
final class HeldColumns implements ColumnStream {

  private final List<String> texts;
  private int at = -1;
  private boolean isRead;

  HeldColumns(List<String> texts) {
    this.texts = texts;
  }

  @Override
  public boolean next() {
    at++;
    isRead = false;
    return at < texts.size();
  }

  @Override
  public boolean isNull() {
    return texts.get(at) == null;
  }

  @Override
  public String piece() {
    if (isRead || isNull() || texts.get(at).isEmpty()) {
      return null;
    }
    isRead = true;
    return texts.get(at);
  }
}
