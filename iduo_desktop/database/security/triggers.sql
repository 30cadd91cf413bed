-- Every table is audited and feeds the workstations; the exceptions are named here and in the lint.
SET LOCAL ROLE iduo_owner;

-- Which rows changed: (table, id) each, or one (table, NULL) for bulk work. TG_ARGV: the column that identifies, or none.
CREATE OR REPLACE FUNCTION iduo.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_count integer;
BEGIN
    SELECT count(*) INTO v_count FROM (SELECT FROM changed LIMIT 51) c;
    IF v_count > 50 OR v_count > 0 AND TG_NARGS = 0 THEN
        INSERT INTO iduo.change (table_name) VALUES (TG_TABLE_NAME);
    ELSIF v_count > 0 THEN
        -- the column by its name through jsonb: this statement keeps its plan, one made up for each table would be planned each time
        -- what happens in a person's case has no client to be told of: the case itself is
        INSERT INTO iduo.change (table_name, id) SELECT DISTINCT TG_TABLE_NAME, (to_jsonb(c) ->> TG_ARGV[0])::bigint FROM changed c
            WHERE to_jsonb(c) ->> TG_ARGV[0] IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
RESET ROLE;

DO $$
DECLARE
    v_table record;
    v_event text;
    v_keys text;
BEGIN
    FOR v_table IN
        SELECT c.oid, c.relname, f.id_column
        FROM pg_catalog.pg_class c
        LEFT JOIN (VALUES ('company', 'id'), ('company_phone', 'company_id'), ('company_email', 'company_id'),
                          ('extension', 'company_id'), ('case', 'id'), ('case_event', 'company_id'), ('closing', 'case_id'),
                          ('attempt', 'case_id'), ('promise', 'case_id'), ('disposition', 'id'), ('form', 'id'),
                          ('form_version', 'form_id'), ('batch', 'id'), ('batch_row', 'batch_id'), ('column_profile', 'id'),
                          ('promotion', 'id'), ('topic', 'id'), ('team', 'id'), ('survey_answer', 'case_id'),
                          ('contact', 'id'), ('contact_phone', 'contact_id'), ('contact_email', 'contact_id'),
                          ('contact_event', 'contact_id'), ('contact_flag', 'contact_id'), ('contact_section', 'contact_id'),
                          ('contact_relation', 'contact_id'), ('contact_merge', 'keep_id'),
                          ('assistant', 'id'), ('company_assistant', 'company_id'), ('call', 'id'), ('disclosure', 'company_id'),
                          ('ticket', 'id'), ('ticket_event', 'ticket_id'), ('call_ticket', 'ticket_id'),
                          ('task', 'id'), ('route', 'id'), ('route_activation', 'id'), ('call_contact', 'call_id'),
                          ('agenda_event', 'id'), ('callback_rest', 'case_id'), ('attention', 'id'), ('pause', 'id'), ('chat', 'id'), ('chat_line', 'chat_id'), ('pause_reason', 'id'), ('reassignment', 'id'), ('read_excess', 'id'),
                          ('no_contact_list', 'id'), ('no_contact', 'id'),
                          ('template', 'id'), ('conversation', 'id'), ('message', 'case_id')
        ) AS f(name, id_column) ON f.name = c.relname
        WHERE c.relnamespace = 'iduo'::regnamespace AND c.relkind = 'r'
          AND c.relname NOT IN ('change', 'receipt', 'presence', 'talk', 'no_contact_number', 'outbox', 'heartbeat', 'attendance', 'guard_event', 'chat_presence', 'alembic_version')
    LOOP
        SELECT string_agg(quote_literal(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)) INTO v_keys
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = v_table.oid AND i.indisprimary;
        EXECUTE format('DROP TRIGGER IF EXISTS audit ON iduo.%I', v_table.relname);
        EXECUTE format('CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON iduo.%I FOR EACH ROW EXECUTE FUNCTION audit.record(%s)',
                       v_table.relname, v_keys);
        FOREACH v_event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
            EXECUTE format('DROP TRIGGER IF EXISTS feed_%s ON iduo.%I', v_event, v_table.relname);
            EXECUTE format('CREATE TRIGGER feed_%s AFTER %s ON iduo.%I REFERENCING %s TABLE AS changed '
                           'FOR EACH STATEMENT EXECUTE FUNCTION iduo.note_change(%s)',
                           v_event, v_event, v_table.relname, CASE v_event WHEN 'delete' THEN 'OLD' ELSE 'NEW' END,
                           coalesce(quote_literal(v_table.id_column), ''));
        END LOOP;
    END LOOP;
END $$;

DROP TRIGGER IF EXISTS never_changed ON audit.entry;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.never();
DROP TRIGGER IF EXISTS never_emptied ON audit.entry;
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION audit.never();
DROP TRIGGER IF EXISTS never_changed ON iduo.receipt;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON iduo.receipt FOR EACH ROW EXECUTE FUNCTION audit.never();
DROP TRIGGER IF EXISTS never_emptied ON iduo.receipt;
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON iduo.receipt FOR EACH STATEMENT EXECUTE FUNCTION audit.never();
DROP TRIGGER IF EXISTS never_changed ON audit.seal;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON audit.seal FOR EACH ROW EXECUTE FUNCTION audit.never();
DROP TRIGGER IF EXISTS never_emptied ON audit.seal;
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.seal FOR EACH STATEMENT EXECUTE FUNCTION audit.never();
