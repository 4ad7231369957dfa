-- The province's side: once, in a database of its own, by who may make extensions
-- (docs/runbook.md, "A province over several regencies").
--   psql -d suara_province -f deploy/province.sql
-- Then, in psql, a line for each regency:
--   CALL add_regency('kab-muara', 'db.muara.go.id', 5432, 'suara_published', 'PASSWORD', 'verify-full');
\set ON_ERROR_STOP on
BEGIN;
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE TABLE IF NOT EXISTS published_result (
    regency text NOT NULL,
    agency text NOT NULL,
    unit text NOT NULL,
    unit_name text NOT NULL,
    period text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    revision integer NOT NULL,
    weight text NOT NULL,
    n integer,
    ikm numeric(5, 2),
    low numeric(4, 1),
    high numeric(4, 1),
    mutu text,
    kinerja text,
    nrr_persyaratan numeric(2, 1), nrr_prosedur numeric(2, 1), nrr_waktu numeric(2, 1),
    nrr_biaya numeric(2, 1), nrr_produk numeric(2, 1), nrr_kompetensi numeric(2, 1),
    nrr_perilaku numeric(2, 1), nrr_sarana numeric(2, 1), nrr_pengaduan numeric(2, 1),
    mutu_persyaratan text, mutu_prosedur text, mutu_waktu text,
    mutu_biaya text, mutu_produk text, mutu_kompetensi text,
    mutu_perilaku text, mutu_sarana text, mutu_pengaduan text,
    trust_percent integer,
    partial integer,
    held integer,
    aside integer,
    visits integer,
    note text NOT NULL
) PARTITION BY LIST (regency);

CREATE OR REPLACE PROCEDURE add_regency(
    regency text, host text, port integer, database text, password text, sslmode text
) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, '
        'sslmode %L, connect_timeout ''10'', fetch_size ''1000'', async_capable ''true'', '
        'updatable ''false'')', regency, host, port, database, sslmode);
    EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER %I '
        'OPTIONS (user ''suara_province'', password %L)', regency, password);
    EXECUTE format('CREATE FOREIGN TABLE %I PARTITION OF published_result FOR VALUES IN (%L) '
        'SERVER %I OPTIONS (schema_name ''published'', table_name ''result'')',
        'result of ' || regency, regency, regency);
END
$$;

-- By quarter, the shortest time that anybody publishes; a semester or year would count it twice. The
-- index is the mean over forms of the published indices.
CREATE OR REPLACE VIEW published_quarter AS
SELECT first_day AS quarter, regency, count(*) AS units, sum(n) AS n,
    round(sum(n * ikm) / sum(n) FILTER (WHERE ikm IS NOT NULL), 2) AS ikm
FROM published_result
WHERE date_trunc('quarter', first_day) = first_day
    AND last_day = (first_day + interval '3 months' - interval '1 day')::date
GROUP BY first_day, regency;

-- One regency that cannot be reached stops a query over all; what was read last stays here.
--   REFRESH MATERIALIZED VIEW kept_result;
CREATE MATERIALIZED VIEW IF NOT EXISTS kept_result AS SELECT * FROM published_result WITH NO DATA;
COMMIT;
