package io.kreplica.source;

import io.kreplica.postgres.ConnectionUrl;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.record.TablePattern;
import io.kreplica.source.event.TypeMapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The source connector's settings: what each means, its default, and its bounds. */
public final class ReplicaSourceConfig extends AbstractConfig {

  public static final String URL = "connection.url";
  public static final String USER = "connection.user";
  public static final String PASSWORD = "connection.password";
  public static final String TOPIC = "topic";
  public static final String SNAPSHOT_MODE = "snapshot.mode";
  public static final String SNAPSHOT_CHUNK_ROWS = "snapshot.chunk.rows";
  public static final String TYPE_MAPPING = "type.mapping";
  public static final String AUTO_INSTALL = "auto.install";
  public static final String TABLES = "tables";
  public static final String POLL_ROWS = "poll.rows";
  public static final String RECORD_MAX_BYTES = "record.max.bytes";
  public static final String KEEPALIVE_INTERVAL_MS = "keepalive.interval.ms";
  public static final String VERIFY_INTERVAL_MS = "verify.interval.ms";
  public static final String CONNECTION_TIMEOUT_MS = "connection.timeout.ms";
  public static final String RETRY_BACKOFF_MAX_MS = "retry.backoff.max.ms";
  public static final String ACCEPT_TIMELINE = "accept.timeline";
  public static final String ACCEPT_MISSING_ROWS = "accept.missing.rows";

  private static final String MASTER = "Master";
  private static final String STREAM = "Stream";
  private static final String COPY = "Initial copy";
  private static final String INSTALLATION = "Installation";

  /** Connect's own name for the connector; present in every task's settings. */
  private static final String CONNECTOR_NAME = "name";

  /** The settings, as Connect and the reference page list them. */
  public static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              URL,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              ConfigDef.LambdaValidator.with(
                  ConnectionUrl::check, () -> "jdbc:postgresql://host:port/database"),
              Importance.HIGH,
              "JDBC URL of the master, jdbc:postgresql://host:port/database. Driver parameters, such"
                  + " as sslmode=verify-full, may follow; user and password have settings of their"
                  + " own.",
              MASTER,
              1,
              Width.LONG,
              "Master URL")
          .define(
              USER,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              new NonEmptyString(),
              Importance.HIGH,
              "Role to connect as: a member of replica_source, or the role that installed the"
                  + " script.",
              MASTER,
              2,
              Width.MEDIUM,
              "Role")
          .define(
              PASSWORD,
              ConfigDef.Type.PASSWORD,
              "",
              Importance.HIGH,
              "The role's password. A config provider keeps it out of the connector's"
                  + " configuration. Empty where the server asks for none, as with a client's"
                  + " certificate; if the key of that (sslkey in the URL) is encrypted, the key's.",
              MASTER,
              3,
              Width.MEDIUM,
              "Password")
          .define(
              KEEPALIVE_INTERVAL_MS,
              ConfigDef.Type.INT,
              10_000,
              Range.between(1_000, 600_000),
              Importance.LOW,
              "How often an idle source asks the master whether it still listens, in milliseconds."
                  + " Lower it where something between the two drops quiet connections sooner.",
              MASTER,
              4,
              Width.SHORT,
              "Keepalive interval")
          .define(
              CONNECTION_TIMEOUT_MS,
              ConfigDef.Type.INT,
              10_000,
              Range.between(1_000, 600_000),
              Importance.LOW,
              "How long the master may be silent where an answer is due, in milliseconds, before the"
                  + " source asks over another session whether it is at work on it. If it is not,"
                  + " or cannot be asked, the connection is given up and another opened: one that"
                  + " is gone without a word is noticed within about twice this time, and no long"
                  + " statement is cut. Also the longest that each step of connecting may take.",
              MASTER,
              5,
              Width.SHORT,
              "Connection timeout")
          .define(
              RETRY_BACKOFF_MAX_MS,
              ConfigDef.Type.INT,
              10_000,
              Range.between(100, 600_000),
              Importance.LOW,
              "The longest pause between two tries to reach a master that is away, in milliseconds."
                  + " Tries never end.",
              MASTER,
              6,
              Width.SHORT,
              "Longest retry pause")
          .define(
              ACCEPT_TIMELINE,
              ConfigDef.Type.INT,
              0,
              Range.atLeast(0),
              Importance.LOW,
              "After a failover that may have lost changes the source stops. If you know that the new"
                  + " master lost none, put its timeline here, and the source goes on; 0 accepts"
                  + " none.",
              MASTER,
              7,
              Width.SHORT,
              "Accepted timeline")
          .define(
              TOPIC,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              new NonEmptyString(),
              Importance.HIGH,
              "The topic to write to, one partition, not compacted. One master, one topic.",
              STREAM,
              1,
              Width.MEDIUM,
              "Topic")
          .define(
              POLL_ROWS,
              ConfigDef.Type.INT,
              2_000,
              Range.between(1, 100_000),
              Importance.LOW,
              "The most records handed to Connect at a time, and rows fetched from the master at a"
                  + " time; fewer where rows are large.",
              STREAM,
              2,
              Width.SHORT,
              "Rows a poll")
          .define(
              RECORD_MAX_BYTES,
              ConfigDef.Type.INT,
              768 << 10,
              Range.between(4 << 10, 64 << 20),
              Importance.LOW,
              "The largest record, in bytes before compression: a larger row sends its largest"
                  + " values in parts before it. Must stay below the topic's max.message.bytes and"
                  + " the producer's max.request.size, which are a million by default. Source and"
                  + " sink hold a few records of this size in memory.",
              STREAM,
              3,
              Width.SHORT,
              "Largest record")
          .define(
              ACCEPT_MISSING_ROWS,
              ConfigDef.Type.BOOLEAN,
              false,
              Importance.LOW,
              "With errors.tolerance=all Connect silently drops rows that a converter or transform"
                  + " cannot digest. That is refused unless this is true, which says: rows may be"
                  + " missing on the slaves.",
              STREAM,
              4,
              Width.SHORT,
              "Accept missing rows")
          .define(
              TYPE_MAPPING,
              ConfigDef.Type.STRING,
              TypeMapping.EXACT.text(),
              ValidString.in(TypeMapping.EXACT.text(), TypeMapping.CONNECT.text()),
              Importance.MEDIUM,
              "exact: whole numbers and truth values as such, everything else as PostgreSQL's text,"
                  + " which casts back to the identical value. connect: Connect's own types, such"
                  + " as Decimal, Date and Timestamp, for consumers that are no PostgreSQL; needs a"
                  + " converter with schemas, cuts times to milliseconds, and stops at values that"
                  + " Connect cannot hold. docs/record-format.md lists all.",
              STREAM,
              5,
              Width.SHORT,
              "Types")
          .define(
              VERIFY_INTERVAL_MS,
              ConfigDef.Type.LONG,
              0L,
              Range.between(0, Long.MAX_VALUE / 1_000_000),
              Importance.LOW,
              "How often all tracked tables are compared with their slaves, in milliseconds from one"
                  + " beginning to the next; 0: only when replica.verify asks. It takes no more than"
                  + " a tenth of the source's time, so that a round may last longer; the next then"
                  + " begins when it is done. replica.verification on the slaves shows the results.",
              STREAM,
              6,
              Width.SHORT,
              "Verification interval")
          .define(
              SNAPSHOT_MODE,
              ConfigDef.Type.STRING,
              SnapshotMode.INITIAL.text(),
              ValidString.in(SnapshotMode.INITIAL.text(), SnapshotMode.NEVER.text()),
              Importance.MEDIUM,
              "initial: on its first start the source copies every tracked table, and later each"
                  + " newly tracked one. never: it starts with what is in the log; the slaves hold"
                  + " the rest already. replica.copy() is honoured either way.",
              COPY,
              1,
              Width.SHORT,
              "Initial copy")
          .define(
              SNAPSHOT_CHUNK_ROWS,
              ConfigDef.Type.INT,
              10_000,
              Range.between(1, 1_000_000),
              Importance.LOW,
              "Rows of a table copied with one batch. Larger chunks copy faster; changes wait for at"
                  + " most one chunk.",
              COPY,
              2,
              Width.SHORT,
              "Rows a chunk")
          .define(
              AUTO_INSTALL,
              ConfigDef.Type.BOOLEAN,
              false,
              Importance.MEDIUM,
              "Whether the source installs its script on the master and tracks the tables itself. The"
                  + " role then needs CREATE on the database and must own the tables.",
              INSTALLATION,
              1,
              Width.SHORT,
              "Install by itself")
          .define(
              TABLES,
              ConfigDef.Type.LIST,
              List.of(),
              ConfigDef.LambdaValidator.with(
                  ReplicaSourceConfig::checkTables,
                  () -> "schema.table, with * for any characters"),
              Importance.MEDIUM,
              "Tables, as schema.table with * for any characters: with auto.install those to track;"
                  + " otherwise those that validation expects to be tracked. It filters nothing:"
                  + " what is tracked is sent.",
              INSTALLATION,
              2,
              Width.LONG,
              "Tables");

  ReplicaSourceConfig(Map<String, String> settings) {
    super(DEFINITION, settings);
  }

  @SuppressWarnings("unchecked")
  private static void checkTables(String key, Object value) {
    for (var pattern : (List<String>) value) {
      try {
        TablePattern.parse(pattern);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(key, pattern, e.getMessage());
      }
    }
  }

  String connectorName() {
    return originalsStrings().getOrDefault(CONNECTOR_NAME, "source");
  }

  SessionFactory master() {
    return new SessionFactory(
        getString(URL),
        getString(USER),
        getPassword(PASSWORD),
        applicationName(connectorName()),
        Duration.ofMillis(getInt(CONNECTION_TIMEOUT_MS)));
  }

  /** What {@code pg_stat_activity} shows of this connector: cut to what PostgreSQL keeps. */
  static String applicationName(String connector) {
    var name = "kreplica-source " + connector;
    return name.length() > 60 ? name.substring(0, 60) : name;
  }

  String topic() {
    return getString(TOPIC);
  }

  int pollRows() {
    return getInt(POLL_ROWS);
  }

  int recordMaxBytes() {
    return getInt(RECORD_MAX_BYTES);
  }

  SnapshotMode snapshotMode() {
    return SnapshotMode.of(getString(SNAPSHOT_MODE));
  }

  int snapshotChunkRows() {
    return getInt(SNAPSHOT_CHUNK_ROWS);
  }

  TypeMapping typeMapping() {
    return TypeMapping.of(getString(TYPE_MAPPING));
  }

  boolean autoInstall() {
    return getBoolean(AUTO_INSTALL);
  }

  List<TablePattern> tables() {
    return getList(TABLES).stream().map(TablePattern::parse).toList();
  }

  Duration keepaliveInterval() {
    return Duration.ofMillis(getInt(KEEPALIVE_INTERVAL_MS));
  }

  /** Zero: none. */
  Duration verifyInterval() {
    return Duration.ofMillis(getLong(VERIFY_INTERVAL_MS));
  }

  Duration retryBackoffMax() {
    return Duration.ofMillis(getInt(RETRY_BACKOFF_MAX_MS));
  }

  int acceptedTimeline() {
    return getInt(ACCEPT_TIMELINE);
  }
}
