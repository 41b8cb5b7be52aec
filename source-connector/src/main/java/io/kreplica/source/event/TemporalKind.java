package io.kreplica.source.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Dates and times. PostgreSQL counts microseconds, Connect milliseconds: the rest is cut off,
 * towards the past. A timestamp without time zone is taken as UTC.
 */
enum TemporalKind implements ColumnKind {
  DATE,
  TIME,
  TIMESTAMP;

  private static final long DAY = 86_400_000L;

  @Override
  public SchemaBuilder schema() {
    return switch (this) {
      case DATE -> Date.builder();
      case TIME -> Time.builder();
      case TIMESTAMP -> Timestamp.builder();
    };
  }

  @Override
  public Object value(String text, RowJson.Token token) {
    if (text.endsWith("infinity")) {
      throw new UnholdableException("infinite, which " + schema().name() + " cannot be");
    }
    try {
      return java.util.Date.from(
          Instant.ofEpochMilli(
              switch (this) {
                case DATE -> days(text, "") * DAY;
                case TIME -> timeOfDay(text);
                case TIMESTAMP -> timestamp(text);
              }));
    } catch (DateTimeException | StringIndexOutOfBoundsException e) {
      throw new NumberFormatException("not a date or time");
    }
  }

  private static long timeOfDay(String text) {
    var time = milliseconds(text);
    if (time == DAY) {
      throw new UnholdableException("24:00:00, which " + Time.LOGICAL_NAME + " does not have");
    }
    return time;
  }

  /** As {@code 2020-01-02T03:04:05.678901+05:45 BC}: T or blank; offset and BC not always. */
  private static long timestamp(String text) {
    var space = text.indexOf('T') < 0 ? text.indexOf(' ') : text.indexOf('T');
    var era = text.endsWith(" BC") ? " BC" : "";
    var time = text.substring(space + 1, text.length() - era.length());
    var sign = Math.max(time.indexOf('+'), time.indexOf('-'));
    var offset = sign < 0 ? 0 : milliseconds(time.substring(sign + 1));
    return days(text.substring(0, space), era) * DAY
        + milliseconds(sign < 0 ? time : time.substring(0, sign))
        - (sign >= 0 && time.charAt(sign) == '-' ? -offset : offset);
  }

  /** Days since 1970; the calendar is Gregorian ever before, as PostgreSQL's is. */
  private static long days(String date, String era) {
    var text = date + era;
    var isBefore = text.endsWith(" BC");
    var parts = (isBefore ? text.substring(0, text.length() - 3) : text).split("-", -1);
    if (parts.length != 3) {
      throw new NumberFormatException("not a date");
    }
    var year = Integer.parseInt(parts[0]);
    return LocalDate.of(
            isBefore ? 1 - year : year, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]))
        .toEpochDay();
  }

  /** Of hours, minutes and seconds, of which the latter two may be missing. */
  private static long milliseconds(String text) {
    var parts = text.split(":", -1);
    var minutes = Long.parseLong(parts[0]) * 60 + (parts.length < 2 ? 0 : Long.parseLong(parts[1]));
    if (parts.length < 3) {
      return minutes * 60_000;
    }
    var seconds = parts[2].split("\\.", 2);
    var fraction = seconds.length < 2 ? "" : seconds[1];
    return (minutes * 60 + Long.parseLong(seconds[0])) * 1_000
        + Long.parseLong((fraction + "000").substring(0, 3));
  }
}
