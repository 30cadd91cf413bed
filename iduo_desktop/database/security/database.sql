-- Who may enter which database. These rights are not copied by CREATE DATABASE … TEMPLATE nor by a restore: run again then.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO iduo_user, iduo_guard, iduo_gateway, iduo_job, iduo_chat', current_database());
    REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
END $$;
