create table if not exists replica.trusted_owner (
    owner regrole primary key,
    trusted_at timestamptz not null default now()
);

comment on table replica.trusted_owner is 'Roles that may do all that the owner of this schema may, so that their tables and types may be tracked';
comment on column replica.trusted_owner.owner is 'The role; the schema''s owner, its members and superusers need not stand here';
comment on column replica.trusted_owner.trusted_at is 'When replica.trust was called';
