package io.kreplica.source.event;

import io.kreplica.record.SchemaCommand;
import java.util.HashMap;
import java.util.Map;

/** Reads the log row of a schema command: an object of text, search path and settings. */
final class CommandJson {

  private CommandJson() {}

  static SchemaCommand read(String json) {
    var command = fields(json);
    return new SchemaCommand(
        command.get("sql"), command.get("search_path"), fields(command.get("settings")));
  }

  private static Map<String, String> fields(String json) {
    var reader = new RowJson();
    reader.read(json);
    var fields = new HashMap<String, String>();
    for (var i = 0; i < reader.names().size(); i++) {
      fields.put(reader.names().get(i), reader.values().get(i));
    }
    return fields;
  }
}
