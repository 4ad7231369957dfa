-- What a regency shows its province: once, as PostgreSQL's superuser, on the server of the regency
-- (docs/runbook.md, "A province over several regencies"). Again after a change it only repeats itself.
--   psql -d postgres -v regency=kab-muara -v database=suara_published -v office=suara -f deploy/regency.sql
-- office: the program's own database where it lies on the same server; else leave it out.
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE suara_publisher LOGIN CONNECTION LIMIT 2'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'suara_publisher') \gexec
SELECT 'CREATE ROLE suara_province LOGIN CONNECTION LIMIT 4'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'suara_province') \gexec
ALTER ROLE suara_province SET statement_timeout = '30s';
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
-- A database of its own: in the office's one the system's tables tell anybody how many rows come in.
REVOKE ALL ON DATABASE :"database", postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO suara_publisher, suara_province;
\if :{?office}
REVOKE ALL ON DATABASE :"office" FROM PUBLIC;
\endif

\connect :"database"
BEGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS published;
-- The open data of /hasil/data.csv, column by column, and whose they are.
CREATE TABLE IF NOT EXISTS published.result (
    regency text NOT NULL,
    agency text NOT NULL,
    unit text NOT NULL,
    unit_name text NOT NULL,
    period text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    revision integer NOT NULL,
    weight text NOT NULL,
    n integer CHECK (n >= 10),
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
    note text NOT NULL,
    PRIMARY KEY (agency, unit, period)
);
ALTER TABLE published.result ALTER regency SET DEFAULT :'regency';
ALTER TABLE published.result DROP CONSTRAINT IF EXISTS of_this_regency;
ALTER TABLE published.result ADD CONSTRAINT of_this_regency CHECK (regency = :'regency');
GRANT USAGE ON SCHEMA published TO suara_publisher, suara_province;
GRANT SELECT, INSERT, DELETE ON published.result TO suara_publisher;
GRANT SELECT ON published.result TO suara_province;
-- What the server counts of all its databases (rows written, who is connected) is not the province's.
REVOKE SELECT ON pg_stat_database, pg_stat_activity FROM PUBLIC;
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure)
FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname LIKE 'pg\_stat\_get\_%' \gexec
COMMIT;
