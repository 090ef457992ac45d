-- The registry's database and its one login. By an administrator of the server, once:
--   PTN_REGISTRY_PASSWORD=… psql -f registry.sql       (a long random password; psql 15 or newer)
-- Then: BALLOT_REGISTRY_DB=postgresql+psycopg://ptn_registry:…@/ptn_registry
\set ON_ERROR_STOP on
\set password ''
\getenv password PTN_REGISTRY_PASSWORD
SELECT length(:'password') < 16 AS missing \gset
\if :missing
\warn 'PTN_REGISTRY_PASSWORD: chưa đặt, hoặc ngắn hơn 16 ký tự; chưa tạo gì. Not set, or shorter than 16 characters; nothing was made.'
DO $$ BEGIN RAISE EXCEPTION 'PTN_REGISTRY_PASSWORD'; END $$; -- ends this script with an exit code that says so
\endif
CREATE ROLE ptn_registry LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
ALTER ROLE ptn_registry SET log_min_messages = 'log'; -- what is refused is not logged with its values and the time
CREATE DATABASE ptn_registry OWNER ptn_registry TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE ptn_registry FROM PUBLIC;
GRANT pg_checkpoint TO ptn_registry;
ALTER SYSTEM SET wal_recycle = off; -- an old piece of the log is deleted, not kept to be written over some day
SELECT pg_reload_conf();
\connect ptn_registry
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO ptn_registry;
