package io.kreplica.e2e;

import io.kreplica.load.Bank;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the tests replicate: the bank, and beside it orders whose lines are deleted and renumbered
 * by cascades, and whose totals a trigger keeps. The total is that of the lines in every committed
 * state, and no line lacks its order.
 */
final class Shop {

  static final Bank BANK = new Bank(3, 500);

  /** All tables, those that others refer to first. */
  static final List<String> TABLES =
      Stream.concat(
              Bank.TABLES.stream(),
              Stream.of("public.shop_order", "public.order_line", "public.note"))
          .toList();

  private static final String ORDERS =
      """
      create table public.shop_order (
          order_id integer primary key,
          customer text not null,
          total bigint not null default 0,
          placed timestamptz not null default clock_timestamp()
      );
      create table public.order_line (
          order_id integer not null references public.shop_order
              on update cascade on delete cascade,
          line integer not null,
          amount bigint not null,
          price numeric(12,3),
          tags text[],
          primary key (order_id, line)
      );
      create table public.note (
          note_id bigint primary key generated always as identity,
          body text,
          data jsonb,
          raw bytea
      );
      create function public.keep_total() returns trigger language plpgsql as $$
      begin
          if tg_op = 'INSERT' then
              update public.shop_order set total = total + new.amount
              where order_id = new.order_id;
          elsif tg_op = 'DELETE' then
              update public.shop_order set total = total - old.amount
              where order_id = old.order_id;
          elsif new.order_id = old.order_id then
              update public.shop_order set total = total + new.amount - old.amount
              where order_id = new.order_id;
          end if;
          return null;
      end
      $$;
      create trigger keep_total after insert or update or delete on public.order_line
          for each row execute function public.keep_total();
      """;

  private static final String WRONG_ORDERS =
      """
      select (select count(*) from public.shop_order o
              where o.total <> (select coalesce(sum(l.amount), 0) from public.order_line l
                                where l.order_id = o.order_id))
           + (select count(*) from public.order_line l
              where not exists (select from public.shop_order o where o.order_id = l.order_id))
      """;

  private Shop() {}

  /** Creates the empty tables, on the master or on a slave. */
  static void createTables(Connection connection) throws SQLException {
    Bank.createTables(connection);
    try (var statement = connection.createStatement()) {
      statement.execute(ORDERS);
    }
  }

  /**
   * What one state of the database shows that no state of the master could: empty if nothing.
   *
   * @param connection in a transaction that sees one snapshot
   */
  static String inconsistency(Connection connection) throws SQLException {
    var totals = Bank.totals(connection);
    if (!totals.balance()) {
      return "the bank's books do not balance: " + totals;
    }
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(WRONG_ORDERS)) {
      result.next();
      return result.getLong(1) == 0 ? "" : result.getLong(1) + " orders with a wrong total";
    }
  }
}
