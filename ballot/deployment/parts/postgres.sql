-- Two databases and two users: the box's user has no right in the registry's database.
-- Run as the server's administrator:  sudo -u postgres psql -f postgres.sql
-- Users are known by their account on this machine (peer), so no password lies anywhere.
\set ON_ERROR_STOP on
CREATE ROLE "ptn-registry" LOGIN;
CREATE ROLE "ptn-box" LOGIN;
CREATE DATABASE ptn_registry OWNER "ptn-registry" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
CREATE DATABASE ptn_box OWNER "ptn-box" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE ptn_registry, ptn_box FROM PUBLIC;
-- The registry seals rounds into the box, closes it and leaves the record there: in that database it acts as the box.
GRANT "ptn-box" TO "ptn-registry";
ALTER ROLE "ptn-registry" IN DATABASE ptn_box SET role = 'ptn-box';
-- What is refused is not logged with its values and the time, and an old piece of the log is deleted, not kept.
ALTER ROLE "ptn-registry" SET log_min_messages = 'log';
ALTER ROLE "ptn-box" SET log_min_messages = 'log';
ALTER SYSTEM SET wal_recycle = off;
SELECT pg_reload_conf();
GRANT pg_checkpoint TO "ptn-registry", "ptn-box";
\connect ptn_registry
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO "ptn-registry";
\connect ptn_box
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO "ptn-box";
