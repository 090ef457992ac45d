-- The box's database, in a server (cluster) of its own where there can be one, and two logins: one for the box's
-- process, one for the registry's process, which opens, closes and publishes. By an administrator, once:
--   PTN_BOX_PASSWORD=… PTN_BOX_REGISTRY_PASSWORD=… psql -f box.sql       (two long random ones; psql 15 or newer)
-- Then, for the box:      BALLOT_BOX_DB=postgresql+psycopg://ptn_box:…@/ptn_box
--       for the registry: BALLOT_BOX_DB=postgresql+psycopg://ptn_box_registry:…@/ptn_box
\set ON_ERROR_STOP on
\set box ''
\getenv box PTN_BOX_PASSWORD
SELECT length(:'box') < 16 AS missing \gset
\if :missing
\warn 'PTN_BOX_PASSWORD: chưa đặt, hoặc ngắn hơn 16 ký tự; chưa tạo gì. Not set, or shorter than 16 characters; nothing was made.'
DO $$ BEGIN RAISE EXCEPTION 'PTN_BOX_PASSWORD'; END $$; -- ends this script with an exit code that says so
\endif
\set registry ''
\getenv registry PTN_BOX_REGISTRY_PASSWORD
SELECT length(:'registry') < 16 AS missing \gset
\if :missing
\warn 'PTN_BOX_REGISTRY_PASSWORD: chưa đặt, hoặc ngắn hơn 16 ký tự; chưa tạo gì. Not set, or shorter than 16 characters; nothing was made.'
DO $$ BEGIN RAISE EXCEPTION 'PTN_BOX_REGISTRY_PASSWORD'; END $$; -- ends this script with an exit code that says so
\endif
CREATE ROLE ptn_box_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE ptn_box LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE IN ROLE ptn_box_owner PASSWORD :'box';
CREATE ROLE ptn_box_registry LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE IN ROLE ptn_box_owner PASSWORD :'registry';
ALTER ROLE ptn_box SET role = 'ptn_box_owner'; -- tables belong to both, so that both can write them anew
ALTER ROLE ptn_box_registry SET role = 'ptn_box_owner';
ALTER ROLE ptn_box SET log_min_messages = 'log'; -- what is refused is not logged with its values and the time
ALTER ROLE ptn_box_registry SET log_min_messages = 'log';
CREATE DATABASE ptn_box OWNER ptn_box_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE ptn_box FROM PUBLIC;
GRANT CONNECT ON DATABASE ptn_box TO ptn_box, ptn_box_registry;
GRANT pg_checkpoint TO ptn_box_owner;
ALTER SYSTEM SET wal_recycle = off; -- an old piece of the log is deleted, not kept to be written over some day
SELECT pg_reload_conf();
\connect ptn_box
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO ptn_box_owner;
