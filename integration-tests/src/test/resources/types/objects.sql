-- On master and slaves: what the hostile values name, and a place for the tables.
create schema hostile;
create schema "Hostile ""schema""";
create schema types;
create type hostile."A type." as (a integer);
create table hostile."A table, ""quoted""" (id integer primary key);
create function hostile."A fn."(integer, hostile."A type.") returns integer language sql as 'select 1';
