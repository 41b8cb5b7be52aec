package io.kreplica.sink;

import io.kreplica.postgres.ConnectionUrl;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.sink.apply.ConflictMode;
import io.kreplica.sink.apply.SchemaPolicy;
import io.kreplica.sink.apply.SlaveSequences;
import io.kreplica.sink.apply.TableMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The sink's properties: each with its default and its meaning, side by side. */
public final class ReplicaSinkConfig extends AbstractConfig {

  public static final String CONNECTION_URL = "connection.url";
  private static final String CONNECTION_URL_DOC =
      "JDBC URL of the slave database, jdbc:postgresql://host:port/database. Name several hosts and"
          + " add ?targetServerType=primary to follow a failover of the slave. Driver parameters, such"
          + " as sslmode=verify-full, may follow; user and password have settings of their own.";

  public static final String CONNECTION_USER = "connection.user";
  private static final String CONNECTION_USER_DOC =
      "The role to connect as: a member of replica_sink that may write the replicated tables and"
          + " may set session_replication_role.";

  public static final String CONNECTION_PASSWORD = "connection.password";
  private static final String CONNECTION_PASSWORD_DOC =
      "Its password. Use a config provider to keep it out of the connector's configuration. Empty"
          + " where the server asks for none, as with a client's certificate; if the key of that"
          + " (sslkey in the URL) is encrypted, the key's.";

  public static final String CONNECTION_TIMEOUT_MS = "connection.timeout.ms";
  private static final String CONNECTION_TIMEOUT_MS_DOC =
      "How long the slave may be silent where an answer is due, in milliseconds, before the sink asks"
          + " over another session whether it is at work on it. If it is not, or cannot be asked, the"
          + " connection is given up and another opened: one that is gone without a word is noticed"
          + " within about twice this time, and no long statement is cut. Also the longest that each"
          + " step of connecting may take.";

  public static final String SLAVE_NAME = "slave.name";
  private static final String SLAVE_NAME_DOC =
      "The slave's name, by which the master's replica.copy(…, slave => 'name') addresses a copy to"
          + " it alone. Empty: the connector's name.";

  public static final String TABLES = TableSettings.TABLES;
  public static final String TABLE_MAP = TableSettings.TABLE_MAP;

  public static final String CONFLICT_MODE = "conflict.mode";
  private static final String CONFLICT_MODE_DOC =
      "What becomes of a change that finds another row on the slave than the master had: the row is"
          + " missing, is there already, or (for tables tracked with old_image) is not as it was. With"
          + " overwrite the master's row is written and nobody looks; with warn it is written, logged"
          + " and counted in replica.slave_table; with fail the task stops and names the row. Set it"
          + " where somebody else may write to the slave. Transforms that drop rows make others look"
          + " missing.";

  public static final String SEQUENCES_ENABLED = "sequences.enabled";
  private static final String SEQUENCES_ENABLED_DOC =
      "Whether the slave's sequences follow the master's, so that a slave that becomes the master"
          + " hands out no number again. Set to false where the sink's role cannot be given the right"
          + " to set them and the slave shall never become a master.";

  public static final String BUFFER_MAX_ROWS = "buffer.max.rows";
  private static final String BUFFER_MAX_ROWS_DOC =
      "How many rows may be held in memory. Batches that arrive together share one slave commit up"
          + " to this size; a larger batch is applied piece by piece within one transaction. Lower it"
          + " where tables have wide rows and the worker little memory.";

  public static final String BUFFER_MAX_BYTES = "buffer.max.bytes";
  private static final String BUFFER_MAX_BYTES_DOC =
      "How much memory the rows held may take, estimated. Whichever of the two limits is reached"
          + " first counts.";

  public static final String RETRY_BACKOFF_MAX_MS = "retry.backoff.max.ms";
  private static final String RETRY_BACKOFF_MAX_MS_DOC =
      "The longest wait between two attempts to reach the slave in an outage. The wait starts at"
          + " 100 ms and doubles; the sink never gives up.";

  public static final String ACCEPT_MISSING_ROWS = "accept.missing.rows";
  private static final String ACCEPT_MISSING_ROWS_DOC =
      "Set to true to say that rows may be missing on the slave: only then errors.tolerance=all is"
          + " accepted, with which Connect drops records that a converter or a transform cannot"
          + " digest, before this connector sees them. With errors.deadletterqueue.topic.name set as"
          + " well, the sink sets aside a transaction of the master that holds a row which the slave"
          + " refuses: all its records go to that topic, replica.dead_letter on the slave lists its"
          + " rows, and the rest is applied.";

  public static final String DDL_ENABLED = "ddl.enabled";
  private static final String DDL_ENABLED_DOC =
      "Whether the sink executes the schema commands that the master ran through replica.execute or"
          + " captured, each at its place among the rows. The role must own the tables on the slave."
          + " If false, they are skipped with a warning, and you change the slave by hand. Not with a"
          + " table.map: commands name the master's tables.";

  public static final String AUTO_CREATE = "auto.create";
  private static final String AUTO_CREATE_DOC =
      "Whether the sink creates a table that the slave lacks, from its first row: columns with the"
          + " master's types, and the primary key; no defaults, indexes or other constraints. Needs"
          + " converters that keep schemas, and a role that may create tables.";

  public static final String AUTO_EVOLVE = "auto.evolve";
  private static final String AUTO_EVOLVE_DOC =
      "Whether the sink adds columns that a table of the slave lacks, with the master's types and"
          + " without defaults; rows that are there have nulls in them. Columns that the master drops"
          + " stay. Needs converters that keep schemas, and a role that owns the tables.";

  private static final int LONGEST_APPLICATION_NAME = 63;

  private static final String SLAVE = "Slave";
  private static final String APPLYING = "Applying";
  private static final String SCHEMA = "Schema changes";

  public static final ConfigDef CONFIG_DEF =
      new ConfigDef()
          .define(
              CONNECTION_URL,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              LambdaValidator.with(
                  ConnectionUrl::check, () -> "jdbc:postgresql://host:port/database"),
              Importance.HIGH,
              CONNECTION_URL_DOC,
              SLAVE,
              1,
              Width.LONG,
              "JDBC URL")
          .define(
              CONNECTION_USER,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              new NonEmptyString(),
              Importance.HIGH,
              CONNECTION_USER_DOC,
              SLAVE,
              2,
              Width.MEDIUM,
              "User")
          .define(
              CONNECTION_PASSWORD,
              ConfigDef.Type.PASSWORD,
              "",
              LambdaValidator.with((name, value) -> {}, () -> "any"),
              Importance.HIGH,
              CONNECTION_PASSWORD_DOC,
              SLAVE,
              3,
              Width.MEDIUM,
              "Password")
          .define(
              CONNECTION_TIMEOUT_MS,
              ConfigDef.Type.INT,
              10_000,
              Range.between(1_000, 600_000),
              Importance.LOW,
              CONNECTION_TIMEOUT_MS_DOC,
              SLAVE,
              5,
              Width.SHORT,
              "Connection timeout")
          .define(
              SLAVE_NAME,
              ConfigDef.Type.STRING,
              "",
              LambdaValidator.with((name, value) -> {}, () -> "any name"),
              Importance.LOW,
              SLAVE_NAME_DOC,
              SLAVE,
              4,
              Width.MEDIUM,
              "Slave's name")
          .define(
              CONFLICT_MODE,
              ConfigDef.Type.STRING,
              ConflictMode.OVERWRITE.toString(),
              ValidString.in("overwrite", "warn", "fail"),
              Importance.MEDIUM,
              CONFLICT_MODE_DOC,
              APPLYING,
              7,
              Width.SHORT,
              "Conflicts")
          .define(
              SEQUENCES_ENABLED,
              ConfigDef.Type.BOOLEAN,
              true,
              LambdaValidator.with((name, value) -> {}, () -> "true, false"),
              Importance.LOW,
              SEQUENCES_ENABLED_DOC,
              APPLYING,
              6,
              Width.SHORT,
              "Sequences follow the master's")
          .define(
              BUFFER_MAX_ROWS,
              ConfigDef.Type.INT,
              50_000,
              Range.atLeast(1),
              Importance.MEDIUM,
              BUFFER_MAX_ROWS_DOC,
              APPLYING,
              2,
              Width.SHORT,
              "Rows in memory")
          .define(
              BUFFER_MAX_BYTES,
              ConfigDef.Type.LONG,
              64L << 20,
              Range.atLeast(1),
              Importance.MEDIUM,
              BUFFER_MAX_BYTES_DOC,
              APPLYING,
              3,
              Width.SHORT,
              "Bytes in memory")
          .define(
              RETRY_BACKOFF_MAX_MS,
              ConfigDef.Type.LONG,
              30_000L,
              Range.atLeast(1),
              Importance.LOW,
              RETRY_BACKOFF_MAX_MS_DOC,
              APPLYING,
              4,
              Width.SHORT,
              "Longest wait between retries")
          .define(
              ACCEPT_MISSING_ROWS,
              ConfigDef.Type.BOOLEAN,
              false,
              LambdaValidator.with((name, value) -> {}, () -> "true, false"),
              Importance.LOW,
              ACCEPT_MISSING_ROWS_DOC,
              APPLYING,
              5,
              Width.SHORT,
              "Accept missing rows")
          .define(
              DDL_ENABLED,
              ConfigDef.Type.BOOLEAN,
              false,
              LambdaValidator.with((name, value) -> {}, () -> "true, false"),
              Importance.MEDIUM,
              DDL_ENABLED_DOC,
              SCHEMA,
              1,
              Width.SHORT,
              "Execute schema commands")
          .define(
              AUTO_CREATE,
              ConfigDef.Type.BOOLEAN,
              false,
              LambdaValidator.with((name, value) -> {}, () -> "true, false"),
              Importance.MEDIUM,
              AUTO_CREATE_DOC,
              SCHEMA,
              2,
              Width.SHORT,
              "Create missing tables")
          .define(
              AUTO_EVOLVE,
              ConfigDef.Type.BOOLEAN,
              false,
              LambdaValidator.with((name, value) -> {}, () -> "true, false"),
              Importance.MEDIUM,
              AUTO_EVOLVE_DOC,
              SCHEMA,
              3,
              Width.SHORT,
              "Add missing columns");

  static {
    TableSettings.define(CONFIG_DEF, APPLYING);
  }

  private final String connector;

  /**
   * Reads the properties of a connector or task.
   *
   * @throws ConfigException if one is missing or malformed
   */
  public ReplicaSinkConfig(Map<String, String> properties) {
    super(CONFIG_DEF, properties, false);
    this.connector = properties.getOrDefault("name", "");
  }

  /** The connector's name. */
  public String connector() {
    return connector;
  }

  /** The name by which copies are addressed to the slave. */
  public String slaveName() {
    return getString(SLAVE_NAME).isEmpty() ? connector : getString(SLAVE_NAME);
  }

  /** How to reach the slave. */
  public SessionFactory sessions() {
    return new SessionFactory(
        getString(CONNECTION_URL),
        getString(CONNECTION_USER),
        getPassword(CONNECTION_PASSWORD),
        applicationName("kreplica-sink " + connector),
        Duration.ofMillis(getInt(CONNECTION_TIMEOUT_MS)));
  }

  /** PostgreSQL keeps 63 bytes; cut here, so that what is set is what will be found. */
  private static String applicationName(String wanted) {
    var name = wanted;
    while (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_APPLICATION_NAME) {
      name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
    }
    return name;
  }

  /** Which table takes whose changes. */
  public TableMap tableMap() {
    return TableSettings.tableMap(this);
  }

  /** How far the slave's schema follows the master's. */
  public SchemaPolicy schemaPolicy() {
    return new SchemaPolicy(
        getBoolean(DDL_ENABLED), getBoolean(AUTO_CREATE), getBoolean(AUTO_EVOLVE));
  }

  /** What becomes of conflicts. */
  public ConflictMode conflictMode() {
    return ConflictMode.of(getString(CONFLICT_MODE));
  }

  /** The slave's sequences, as far as they follow the master's. */
  public SlaveSequences sequences() {
    return new SlaveSequences(tableMap(), getBoolean(SEQUENCES_ENABLED));
  }

  /** Whether transactions that the slave refuses go to the dead letter queue. */
  public boolean setsAside() {
    var all = originalsStrings();
    return "all".equals(all.get("errors.tolerance"))
        && !all.getOrDefault("errors.deadletterqueue.topic.name", "").isBlank();
  }

  /** How many rows may be held. */
  public int bufferMaxRows() {
    return getInt(BUFFER_MAX_ROWS);
  }

  /** How much memory they may take. */
  public long bufferMaxBytes() {
    return getLong(BUFFER_MAX_BYTES);
  }

  /** The longest wait between two attempts. */
  public Duration retryBackoffMax() {
    return Duration.ofMillis(getLong(RETRY_BACKOFF_MAX_MS));
  }
}
