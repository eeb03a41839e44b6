-- Divides the tables that grow into sixteen parts by community, on PostgreSQL 15. See operating.md, "How large".
--
-- Stop every Vigie and make a backup first. It copies each table once and needs as much room again until it is done. All
-- or nothing: in one transaction.
--
--     psql --single-transaction --set ON_ERROR_STOP=1 --file=partition.sql postgres://vigie@127.0.0.1/vigie
do $$
declare
    whole text;
    indexes text[];
    names text[];
    place int;
begin
    foreach whole in array array[
        'inbox', 'judgements', 'requests', 'request_messages', 'request_events', 'cards', 'outbox'
    ] loop
        -- Indexes keep their names: later migrations know them by these.
        select array_agg(indexdef), array_agg(indexname) into indexes, names
        from pg_indexes
        where schemaname = current_schema() and tablename = whole and indexname <> whole || '_pkey';

        execute format('alter table %I rename to %I', whole, whole || '_whole');
        execute format('alter index %I rename to %I', whole || '_pkey', whole || '_whole_pkey');
        execute format('create table %I (like %I including defaults including constraints) partition by hash (community)',
            whole, whole || '_whole');
        for place in 0..15 loop
            execute format('create table %I partition of %I for values with (modulus 16, remainder %s)',
                whole || '_' || place, whole, place);
        end loop;
        execute format('alter table %I add constraint %I primary key (%s)', whole, whole || '_pkey', (
            select string_agg(quote_ident(a.attname), ', ' order by array_position(i.indkey::int2[], a.attnum))
            from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
            where i.indrelid = (whole || '_whole')::regclass and i.indisprimary
        ));
        execute format('insert into %I select * from %I', whole, whole || '_whole');
        execute format('drop table %I', whole || '_whole');
        for place in 1..coalesce(array_length(indexes, 1), 0) loop
            execute indexes[place];
        end loop;
    end loop;
end
$$;
analyze;
