package io.kreplica.sink.change;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;

/** Connect's dates and times as PostgreSQL reads them. */
final class TimeText {

  private TimeText() {}

  /**
   * A date or time as text.
   *
   * @param schema says which of Connect's types it is; null for a timestamp
   */
  static String of(Schema schema, Date value) {
    var type = schema == null ? null : schema.name();
    var moment = value.toInstant().atOffset(ZoneOffset.UTC);
    if (org.apache.kafka.connect.data.Date.LOGICAL_NAME.equals(type)) {
      return date(moment) + era(moment);
    }
    return Time.LOGICAL_NAME.equals(type)
        ? time(moment)
        : date(moment) + ' ' + time(moment) + "+00" + era(moment);
  }

  private static String date(OffsetDateTime moment) {
    var year = moment.getYear();
    return String.format(
        "%04d-%02d-%02d",
        year > 0 ? year : 1 - year, moment.getMonthValue(), moment.getDayOfMonth());
  }

  private static String time(OffsetDateTime moment) {
    return String.format(
        "%02d:%02d:%02d.%03d",
        moment.getHour(), moment.getMinute(), moment.getSecond(), moment.getNano() / 1_000_000);
  }

  private static String era(OffsetDateTime moment) {
    return moment.getYear() > 0 ? "" : " BC";
  }
}
