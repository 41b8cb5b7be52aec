package io.kreplica.source.read;

/**
 * A row as the log holds it.
 *
 * @param row the row as JSON
 * @param image the row as PostgreSQL's record text, where the table needs it; else null
 */
public record RowText(String row, String image) {}
