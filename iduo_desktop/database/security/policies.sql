-- The second wall: forced row level security on every table, on session_user, with built-ins only.
-- Reading and writing are for the roles named; writing in one's own name where a table says who did it.
DO $$
DECLARE
    v_rule record;
    v_table record;
    v_policy record;
BEGIN
    FOR v_table IN SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname IN ('iduo', 'audit') AND c.relkind = 'r' AND c.relname <> 'alembic_version' LOOP
        EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table.nspname, v_table.relname);
    END LOOP;
    FOR v_policy IN SELECT schemaname, tablename, policyname FROM pg_catalog.pg_policies WHERE schemaname IN ('iduo', 'audit') LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
    END LOOP;
    FOR v_rule IN
        SELECT r.name, r.person,
               (SELECT string_agg(format('(SELECT pg_has_role(session_user, %L, ''USAGE''))', 'iduo_' || w), ' OR ')
                FROM unnest(string_to_array(r.readers, ' ')) w) AS may_read,
               (SELECT string_agg(format('(SELECT pg_has_role(session_user, %L, ''USAGE''))', 'iduo_' || w), ' OR ')
                FROM unnest(string_to_array(r.writers, ' ')) w) AS may_write
        FROM (VALUES
            ('company', 'operator coordinator admin gateway job chat', 'operator coordinator admin job', NULL),
            ('company_phone', 'operator coordinator admin gateway job', 'operator coordinator admin job', NULL),
            ('company_email', 'operator coordinator admin gateway job', 'operator coordinator admin job', NULL),
            ('extension', 'operator coordinator admin job', 'operator coordinator admin job', NULL),
            ('case', 'operator coordinator admin gateway job guard', 'operator coordinator admin gateway job guard', NULL),
            ('case_event', 'operator coordinator admin gateway job guard', 'operator coordinator admin gateway job guard', 'by'),
            ('closing', 'operator coordinator admin', 'operator coordinator', 'by'),
            ('attempt', 'operator coordinator admin gateway', 'operator coordinator gateway', 'by'),
            ('promise', 'operator coordinator admin job', 'operator coordinator admin job', NULL),
            ('presence', 'operator coordinator admin', 'operator coordinator admin', 'login'),
            ('disposition', 'operator coordinator admin', 'admin', NULL),
            ('contact_policy', 'operator coordinator admin gateway', 'admin', NULL),
            ('quiet_hours', 'operator coordinator admin gateway', 'admin', NULL),
            ('no_contact_list', 'operator coordinator admin job', 'coordinator admin job', NULL),
            ('no_contact_number', 'operator coordinator admin job', 'coordinator admin job', NULL),
            ('no_contact', 'operator coordinator admin', 'operator coordinator admin', NULL),
            ('talk', 'operator coordinator admin', 'operator coordinator', 'login'),
            ('form', 'user', 'admin', NULL),
            ('form_version', 'user', 'admin', NULL),
            ('form_field', 'user guard', 'admin', NULL),
            ('form_option', 'user', 'admin', NULL),
            ('form_template', 'operator coordinator admin', 'admin', NULL),
            ('survey_answer', 'operator coordinator admin', 'operator coordinator', 'by'),
            ('promotion', 'user', 'admin', NULL),
            ('topic', 'user chat', 'admin', NULL),
            ('script', 'user', 'admin', NULL),
            ('working_hours', 'user gateway chat', 'admin', NULL),
            ('holiday', 'user gateway chat', 'admin', NULL),
            ('team', 'user', 'admin', NULL),
            ('transition', 'user gateway job chat guard', 'admin', NULL),
            ('setting', 'user gateway job guard chat', 'admin', NULL),
            ('batch', 'coordinator admin job', 'coordinator admin job', NULL),
            ('batch_row', 'coordinator admin job', 'coordinator admin job', NULL),
            ('column_profile', 'coordinator admin job', 'coordinator admin', 'by'),
            ('contact', 'operator coordinator admin gateway job', 'operator coordinator admin job', NULL),
            ('contact_phone', 'operator coordinator admin gateway job', 'operator coordinator admin job', NULL),
            ('contact_email', 'operator coordinator admin gateway job', 'operator coordinator admin job', NULL),
            ('contact_event', 'operator coordinator admin job', 'operator coordinator admin job', 'by'),
            ('contact_flag', 'operator coordinator admin', 'operator coordinator', NULL),
            ('contact_section', 'operator coordinator admin', 'operator coordinator', NULL),
            ('contact_relation', 'operator coordinator', 'operator coordinator', NULL),
            ('contact_merge', 'operator coordinator admin', 'operator coordinator', NULL),
            ('assistant', 'operator coordinator admin job', 'coordinator admin job', NULL),
            ('assistant_role', 'user job', 'admin', NULL),
            ('company_assistant', 'operator coordinator admin job', 'coordinator admin job', NULL),
            ('call', 'operator coordinator admin guard', 'operator coordinator guard', NULL),
            ('call_contact', 'operator coordinator admin', 'operator coordinator', NULL),
            ('task', 'operator coordinator admin', 'operator coordinator', NULL),
            ('agenda_event', 'operator coordinator admin', 'operator coordinator', 'by'),
            ('callback_rest', 'operator coordinator admin', 'operator coordinator', 'by'),
            ('attention', 'operator coordinator admin', 'operator coordinator', NULL),
            ('route', 'user', 'admin', NULL),
            ('route_activation', 'operator coordinator admin guard', 'operator coordinator admin guard', NULL),
            ('disclosure', 'operator coordinator admin', 'operator coordinator', 'by'),
            ('ticket', 'operator coordinator admin answerer job chat', 'operator coordinator admin answerer job chat', NULL),
            ('ticket_event', 'operator coordinator admin answerer job chat', 'operator coordinator admin answerer job chat', NULL),
            ('call_ticket', 'operator coordinator admin', 'operator coordinator', NULL),
            ('change', 'user guard gateway job chat', 'user guard gateway job chat', NULL),
            ('heartbeat', 'user guard gateway chat', 'guard gateway chat', NULL),
            ('guard_event', 'admin guard', 'guard', NULL),
            ('template', 'user', 'admin', NULL),
            ('conversation', 'operator coordinator admin gateway', 'operator coordinator gateway', NULL),
            ('message', 'operator coordinator admin gateway', 'operator coordinator gateway', NULL),
            ('outbox', 'operator coordinator admin gateway', 'operator coordinator gateway', NULL),
            ('batch_mail', 'coordinator admin gateway', 'gateway', NULL),
            ('erasure', 'admin', 'admin', 'by'),
            ('chat', 'operator coordinator admin chat guard', 'operator coordinator chat guard', NULL),
            ('chat_line', 'operator coordinator admin chat guard', 'operator coordinator chat guard', NULL),
            ('chat_presence', 'operator coordinator chat guard', 'operator coordinator chat guard', NULL),
            ('pause_reason', 'user', 'admin', NULL),
            ('pause', 'user guard', 'user guard', NULL),
            ('attendance', 'user guard', 'user guard', NULL),
            ('reassignment', 'coordinator', 'coordinator', 'by'),
            ('read_excess', 'coordinator admin guard', 'guard', NULL)
        ) AS r(name, readers, writers, person)
    LOOP
        EXECUTE format('CREATE POLICY read ON iduo.%I FOR SELECT USING (%s)', v_rule.name, v_rule.may_read);
        EXECUTE format('CREATE POLICY write ON iduo.%I FOR ALL USING (%s) WITH CHECK ((%2$s) %3$s)', v_rule.name, v_rule.may_write,
            CASE WHEN v_rule.person IS NOT NULL THEN format('AND %I = session_user', v_rule.person) ELSE '' END);
    END LOOP;
END $$;

-- What is reserved in a record is not for administrators; they take persons out of it without reading (as iduo_audit).
CREATE POLICY health ON iduo.contact_section AS RESTRICTIVE FOR SELECT TO iduo_owner USING (NOT reserved
    OR (SELECT pg_has_role(session_user, 'iduo_operator', 'USAGE')) OR (SELECT pg_has_role(session_user, 'iduo_coordinator', 'USAGE')));
CREATE POLICY blanked ON iduo.contact_relation FOR SELECT TO iduo_audit USING ((SELECT pg_has_role(session_user, 'iduo_admin', 'USAGE')));
CREATE POLICY own ON iduo.contact_flag AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);
CREATE POLICY own ON iduo.contact_section AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);
CREATE POLICY own ON iduo.contact_relation AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);
CREATE POLICY own ON iduo.contact_merge AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);

-- Who asks for an extension, or brings it in, is who does it; a coordinator decides it.
CREATE POLICY own ON iduo.extension AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);

-- Who says that somebody is not to be contacted is who does it; others may take it back.
CREATE POLICY own ON iduo.no_contact AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user AND removed_at IS NULL);

-- A ticket begins open, in the name of whoever takes it.
CREATE POLICY own ON iduo.ticket AS RESTRICTIVE FOR INSERT WITH CHECK (created_by = session_user AND state = 'open');

-- Who plans, and who asks for a route, is who does it; others may finish the one and acknowledge the other.
CREATE POLICY own ON iduo.call AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);
CREATE POLICY own ON iduo.task AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);
CREATE POLICY own ON iduo.route_activation AS RESTRICTIVE FOR INSERT WITH CHECK (activated_by = session_user AND acknowledged_at IS NULL);
CREATE POLICY own ON iduo.attention AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);
-- What happens to a ticket is signed by who did it; others may only mark that it was undone.
CREATE POLICY signed ON iduo.ticket_event AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user AND undone_at IS NULL);
CREATE POLICY undone ON iduo.ticket_event AS RESTRICTIVE FOR UPDATE TO iduo_owner USING (true) WITH CHECK ("by" = session_user OR undone_at IS NOT NULL);
-- One's own pauses begin and end; a coordinator may end another's, and the guard those of people who left.
CREATE POLICY own ON iduo.pause AS RESTRICTIVE FOR INSERT WITH CHECK (login = session_user AND ended_at IS NULL);
CREATE POLICY ended ON iduo.pause AS RESTRICTIVE FOR UPDATE USING (login = session_user
    OR (SELECT pg_has_role(session_user, 'iduo_coordinator', 'USAGE')) OR (SELECT pg_has_role(session_user, 'iduo_guard', 'USAGE')));
CREATE POLICY own ON iduo.attendance AS RESTRICTIVE FOR INSERT
    WITH CHECK (login = session_user OR (SELECT pg_has_role(session_user, 'iduo_guard', 'USAGE')));
-- What is written, and what comes in, is signed; the gateway sends nothing of its own. It locks whom a message is about, and changes nothing of him.
CREATE POLICY own ON iduo.message AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user AND (direction = 'outbound') = (session_user <> 'iduo_gateway'));
CREATE POLICY lock ON iduo.company FOR UPDATE USING ((SELECT pg_has_role(session_user, 'iduo_gateway', 'USAGE'))) WITH CHECK (session_user IS NULL);
CREATE POLICY lock ON iduo.contact FOR UPDATE USING ((SELECT pg_has_role(session_user, 'iduo_gateway', 'USAGE'))) WITH CHECK (session_user IS NULL);
-- A batch is signed by who began it; whoever may undo it signs that.
CREATE POLICY signed ON iduo.batch AS RESTRICTIVE FOR INSERT WITH CHECK ("by" = session_user);

-- What an operator writes is signed by him; what a visitor writes comes by the chat's service.
CREATE POLICY own ON iduo.chat_line AS RESTRICTIVE FOR INSERT WITH CHECK (CASE side WHEN 'operator' THEN "by" = session_user AND session_user <> 'iduo_chat' WHEN 'visitor' THEN session_user = 'iduo_chat'
    ELSE "by" IS NULL END);
CREATE POLICY own ON iduo.chat AS RESTRICTIVE FOR INSERT WITH CHECK (session_user = 'iduo_chat');

CREATE POLICY read ON iduo.staff FOR SELECT USING (
    (SELECT pg_has_role(session_user, 'iduo_job', 'USAGE')) OR (SELECT pg_has_role(session_user, 'iduo_chat', 'USAGE')) OR (SELECT pg_has_role(session_user, 'iduo_gateway', 'USAGE'))
    OR (SELECT pg_has_role(session_user, 'iduo_user', 'USAGE')) OR (SELECT pg_has_role(session_user, 'iduo_guard', 'USAGE')));
CREATE POLICY write ON iduo.staff FOR ALL
    USING ((SELECT pg_has_role(session_user, 'iduo_admin', 'USAGE'))) WITH CHECK ((SELECT pg_has_role(session_user, 'iduo_admin', 'USAGE')));
CREATE POLICY own ON iduo.staff FOR UPDATE USING (login = session_user) WITH CHECK (login = session_user AND active);
-- A coordinator locks the row of whoever receives cases, and changes nothing in it.
CREATE POLICY held ON iduo.staff FOR UPDATE USING ((SELECT pg_has_role(session_user, 'iduo_coordinator', 'USAGE'))) WITH CHECK (false AND login = session_user);

CREATE POLICY read ON iduo.receipt FOR SELECT USING (actor = session_user OR (SELECT pg_has_role(session_user, 'iduo_admin', 'USAGE')));
CREATE POLICY write ON iduo.receipt FOR INSERT WITH CHECK (actor = session_user AND (SELECT pg_has_role(session_user, 'iduo_user', 'USAGE')));

CREATE POLICY read ON audit.entry FOR SELECT USING ((SELECT pg_has_role(session_user, 'iduo_admin', 'USAGE')));
CREATE POLICY write ON audit.entry FOR INSERT WITH CHECK (actor = session_user);

-- The guard looks at the log in order to seal it, and nobody else makes seals.
CREATE POLICY seal ON audit.entry FOR SELECT TO iduo_audit USING ((SELECT pg_has_role(session_user, 'iduo_guard', 'USAGE')));
CREATE POLICY read ON audit.seal FOR SELECT USING ((SELECT pg_has_role(session_user, 'iduo_guard', 'USAGE')));
CREATE POLICY write ON audit.seal FOR INSERT TO iduo_audit WITH CHECK ((SELECT pg_has_role(session_user, 'iduo_guard', 'USAGE')));

-- The functions of iduo_audit that take a person out of rows, for an administrator: theirs are the columns of audit.personal, no others.
CREATE POLICY blank ON audit.entry FOR UPDATE TO iduo_audit USING ((SELECT pg_has_role(session_user, 'iduo_admin', 'USAGE')));
DO $$
DECLARE
    v_name text;
BEGIN
    FOR v_name IN SELECT p.name FROM audit.personal() p WHERE p.link IS NOT NULL OR p.name = 'receipt' LOOP
        EXECUTE format('CREATE POLICY blank ON iduo.%I FOR UPDATE TO iduo_audit USING ((SELECT pg_has_role(session_user, ''iduo_admin'', ''USAGE'')))
                        WITH CHECK ((SELECT pg_has_role(session_user, ''iduo_admin'', ''USAGE'')))', v_name);
    END LOOP;
END $$;
