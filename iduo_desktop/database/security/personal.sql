-- Which columns say something of a person whom the organisation serves, and how each is blanked: the one list of them. The lint asks for
-- every column of text; erasing, retention and the audit log all go by it. Those who work here are not meant: who did what is the fact that stays.
SET LOCAL ROLE iduo_audit;

-- link: the rows of a client $1, his contacts $2, their tickets $3 and calls $4. marked: what was there is said as «(borrado)»; with "!" also
-- where nothing was. emptied: nothing is left. derived: made from others. The client comes last: his cases copy what he is.
CREATE OR REPLACE FUNCTION audit.personal()
RETURNS TABLE (name text, link text, marked text[], emptied text[], derived text[], other text[])
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT p.name, p.link, string_to_array(p.marked, ' '), string_to_array(p.emptied, ' '), string_to_array(p.derived, ' '), string_to_array(p.other, ' ')
    FROM (VALUES
        ('attempt', 'company_id = $1 OR case_id IN (SELECT c.id FROM iduo.case c WHERE c.contact_id = ANY ($2))', 'address note override_reason', 'search_key', '', 'channel direction promotion_answer purpose'),
        -- his numbers were hidden before (iduo.erase): without them he would be contacted again
        ('no_contact', 'attempt_id IN (SELECT a.id FROM iduo.attempt a WHERE a.company_id = $1 OR a.contact_id = ANY ($2)) OR search_key IN (
            SELECT encode(sha256(convert_to(f.search_key, ''UTF8'')), ''hex'') FROM iduo.company_phone f WHERE f.company_id = $1
            UNION SELECT encode(sha256(convert_to(f.search_key, ''UTF8'')), ''hex'') FROM iduo.contact_phone f WHERE f.contact_id = ANY ($2)
            UNION SELECT encode(sha256(convert_to(lower(f.address), ''UTF8'')), ''hex'') FROM iduo.company_email f WHERE f.company_id = $1
            UNION SELECT encode(sha256(convert_to(lower(f.address), ''UTF8'')), ''hex'') FROM iduo.contact_email f WHERE f.contact_id = ANY ($2))',
            'address origin removed_reason', '', 'search_key', 'channel purpose'),
        ('message', 'conversation_id IN (SELECT v.id FROM iduo.conversation v WHERE v.company_id = $1 OR v.contact_id = ANY ($2))
            OR case_id IN (SELECT c.id FROM iduo.case c WHERE c.company_id = $1 OR c.contact_id = ANY ($2))',
            'address subject text error', 'address_key payload_hash', '', 'direction channel purpose state message_ref reply_to_ref provider_id'),
        ('batch_row', 'company_id = $1 OR contact_id = ANY ($2) OR ticket_id = ANY ($3)', 'message kept', 'payload before', '',
            'outcome suggestion after left_alone'),
        ('case_event', 'company_id = $1 OR case_id IN (SELECT c.id FROM iduo.case c WHERE c.contact_id = ANY ($2))', 'detail note', 'before payload_hash', '', 'kind'),
        ('closing', 'case_id IN (SELECT c.id FROM iduo.case c WHERE c.company_id = $1 OR c.contact_id = ANY ($2))', '', 'values', '', ''),
        ('survey_answer', 'company_id = $1 OR case_id IN (SELECT c.id FROM iduo.case c WHERE c.contact_id = ANY ($2))', '', 'values', '', ''),
        ('extension', 'company_id = $1', 'reason decision', '', '', 'state'),
        ('company_phone', 'company_id = $1', 'typed', 'e164 search_key imported_as', '', 'kind'),
        ('company_email', 'company_id = $1', 'address', 'imported_as', '', ''),
        ('contact_event', 'contact_id = ANY ($2)', 'before after', 'payload_hash', '', 'kind field'),
        ('contact_flag', 'contact_id = ANY ($2)', 'text', '', '', ''),
        ('contact_section', 'contact_id = ANY ($2)', '', 'said', '', ''),
        ('contact_relation', 'contact_id = ANY ($2) OR other_id = ANY ($2)', 'what note', '', '', ''),
        ('contact_merge', 'keep_id = ANY ($2) OR other_id = ANY ($2)', '', 'before', '', 'moved'),
        ('contact', 'id = ANY ($2)', '!surname names note safe_when safe_where safe_words', 'document birth_date payload_hash',
            'person person_key search_text', 'document_type'),
        ('contact_phone', 'contact_id = ANY ($2)', 'typed', 'e164 search_key', '', 'kind'),
        ('contact_email', 'contact_id = ANY ($2)', 'address', '', '', ''),
        ('disclosure', 'company_id = $1 OR ticket_id = ANY ($3)', 'told_to', 'payload_hash', '', 'reason'),
        ('ticket_event', 'ticket_id = ANY ($3)', 'text', 'payload_hash', '', 'kind'),
        ('ticket', 'id = ANY ($3)', 'company surname names phone email insisted_reason answer communicated_to text',
            'document phone_e164 phone_key values payload_hash', 'person_key company_key surname_key words person_words',
            'state kind channel caller_kind topic provisional'),
        ('call', 'id = ANY ($4)', 'caller note safe_reason result', 'e164 search_key company_keyed payload_hash', '', 'direction state pbx_id outcome'),
        ('chat', 'company_id = $1 OR contact_id = ANY ($2)', 'name handed_note', 'company_keyed page address_hash', '', 'state ended_by token_hash'),
        ('chat_line', 'chat_id IN (SELECT c.id FROM iduo.chat c WHERE c.company_id = $1 OR c.contact_id = ANY ($2))', 'text', 'payload_hash', '', 'side'),
        ('task', 'contact_id = ANY ($2) OR case_id IN (SELECT c.id FROM iduo.case c WHERE c.company_id = $1 OR c.contact_id = ANY ($2))',
            'title note result', 'payload_hash', '', 'state'),
        ('agenda_event', 'call_id = ANY ($4) OR task_id IN (SELECT k.id FROM iduo.task k WHERE k.contact_id = ANY ($2))
            OR coalesce(case_id, (SELECT k.case_id FROM iduo.task k WHERE k.id = task_id)) IN (
                SELECT c.id FROM iduo.case c WHERE c.company_id = $1 OR c.contact_id = ANY ($2))', 'reason', 'payload_hash', '', 'kind'),
        ('route_activation', 'contact_id = ANY ($2) OR case_id IN (SELECT c.id FROM iduo.case c WHERE c.contact_id = ANY ($2))', 'note remark', '', '', ''),
        ('attention', 'contact_id = ANY ($2)', '', 'before payload_hash', '', 'made'),
        ('case', 'company_id = $1 OR contact_id = ANY ($2)', 'subject move_reason', '', 'client_key locality',
            'list state closing_reason closing_status plan priority risk'),
        ('company', 'id = $1', 'surname names name note', 'document tax_id street locality imported', 'client client_key search_text',
            'kind plan province service_status corrected management_unit unit_key unit_digits'),
        ('receipt', NULL, 'reason', '', '', 'actor address what subject'),
        ('assistant', NULL, '', '', '', 'name whatsapp e164 email'),
        ('assistant_role', NULL, '', '', '', 'key label'),
        ('batch', NULL, '', '', '', 'kind state file_name sha256 payload_hash'),
        ('call_ticket', NULL, '', '', '', 'how'),
        ('change', NULL, '', '', '', 'table_name'),
        ('column_profile', NULL, '', '', '', 'kind name fields'),
        ('contact_policy', NULL, '', '', '', 'purpose'),
        ('no_contact_list', NULL, '', '', '', 'name purpose'),
        ('no_contact_number', NULL, '', '', '', 'search_key'),
        ('talk', NULL, '', '', '', 'search_key channel'),
        ('quiet_hours', NULL, '', '', '', 'purpose'),
        ('disposition', NULL, '', '', '', 'label lists'),
        ('entry', NULL, '', '', 'before after', 'actor table_name row_key operation'),
        ('erasure', NULL, '', '', '', 'kind by'),
        ('form', NULL, '', '', '', 'kind title'),
        ('form_field', NULL, '', '', '', 'key part label kind required_if_field required_if_values options_if_field help'),
        ('form_option', NULL, '', '', '', 'key label parents lists'),
        ('form_template', NULL, '', '', '', 'label values'),
        ('form_version', NULL, '', '', '', 'state'),
        ('heartbeat', NULL, '', '', '', 'service channels complaint'),
        ('template', NULL, '', '', '', 'name channel purpose subject text'),
        ('outbox', NULL, '', '', '', 'channel'),
        ('batch_mail', NULL, '', '', '', 'state error'),
        ('holiday', NULL, '', '', '', 'name'),
        ('attendance', NULL, '', '', '', ''),
        ('pause', NULL, '', '', '', 'label end_reason'),
        ('pause_reason', NULL, '', '', '', 'label'),
        ('reassignment', NULL, '', '', '', 'reason told events items undone_told payload_hash'),
        ('read_excess', NULL, '', '', '', ''),
        ('promise', NULL, '', '', '', 'state'),
        ('route', NULL, '', '', '', 'label'),
        ('promotion', NULL, '', '', '', 'title text plans lists'),
        ('script', NULL, '', '', '', 'situation part meaning shipped text'),
        ('seal', NULL, '', '', '', 'digests rules hash'),
        ('guard_event', NULL, '', '', '', 'kind login'),
        ('setting', NULL, '', '', '', 'name part kind value shipped meaning choices'),
        ('staff', NULL, '', '', '', 'login full_name area_code'),
        ('team', NULL, '', '', '', 'name'),
        ('topic', NULL, '', '', '', 'label kind'),
        ('transition', NULL, '', '', '', 'entity before after')
    ) AS p(name, link, marked, emptied, derived, other)
$$;

-- Answers to a form without what was typed: choices are counted, and stay.
CREATE OR REPLACE FUNCTION audit.blanked_answers(p_version integer, p_values jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce((SELECT jsonb_object_agg(a.key, CASE WHEN EXISTS (
        SELECT FROM iduo.form_field f WHERE f.version_id = p_version AND f.key = a.key AND f.kind IN ('choice', 'several', 'yes_no', 'money', 'time'))
        THEN a.value ELSE '"(borrado)"' END) FROM jsonb_each(CASE jsonb_typeof(p_values) WHEN 'object' THEN p_values END) a), '{}')
$$;

-- What of a table is personal; NULL: it is there no more, nothing of it is known to be harmless.
CREATE OR REPLACE FUNCTION audit.columns_to_blank(p_table text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT string_to_array(replace(array_to_string(p.marked || p.emptied || p.derived, ' '), '!', ''), ' ') FROM audit.personal() p WHERE p.name = p_table
$$;

CREATE OR REPLACE FUNCTION audit.blank(p_columns text[], p_row jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF p_row IS NULL OR p_columns = '{}' THEN
        RETURN p_row;
    ELSIF p_columns IS NULL THEN
        RETURN '{}'::jsonb;
    END IF;
    RETURN (SELECT jsonb_object_agg(c.key, CASE
        WHEN c.key <> ALL (p_columns) OR c.value IN ('null', '""', '[]', '{}') THEN c.value
        WHEN c.key = 'values' AND jsonb_typeof(c.value) = 'object' THEN audit.blanked_answers((p_row ->> 'form_version_id')::integer, c.value)
        ELSE '"(borrado)"' END) FROM jsonb_each(p_row) c);
END $$;

-- A row as the audit log keeps it, without the person. What is blank already stays as it is, so that doing it again changes nothing.
CREATE OR REPLACE FUNCTION audit.blanked(p_table text, p_row jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT audit.blank(audit.columns_to_blank(p_table), p_row) $$;
GRANT EXECUTE ON FUNCTION audit.personal, audit.blanked, audit.blanked_answers, audit.columns_to_blank, audit.blank TO iduo_owner;
RESET ROLE;

-- iduo_audit may write in these columns and in no others, so that whatever else its functions did, no fact would change.
SET LOCAL ROLE iduo_owner;
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT p.name, string_to_array(replace(array_to_string(p.marked || p.emptied, ' '), '!', ''), ' ') AS columns
             FROM audit.personal() p WHERE p.link IS NOT NULL OR p.name = 'receipt' LOOP
        EXECUTE format('REVOKE ALL ON iduo.%I FROM iduo_audit', t.name);
        EXECUTE format('GRANT SELECT ON iduo.%I TO iduo_audit', t.name);
        EXECUTE format('GRANT UPDATE (%s) ON iduo.%I TO iduo_audit', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(t.columns) c), t.name);
    END LOOP;
    GRANT SELECT ON iduo.form_field, iduo.setting, iduo.batch, iduo.call_ticket, iduo.conversation TO iduo_audit;
    GRANT SELECT (login) ON iduo.staff TO iduo_audit;
END $$;
RESET ROLE;
