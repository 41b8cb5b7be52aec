package io.kreplica.source.read;

/**
 * A row of a copy.
 *
 * @param row the row as JSON
 * @param image the row as PostgreSQL's record text, where the table needs it; else null
 */
public record CopiedRow(String row, String image) {}
