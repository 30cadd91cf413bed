-- One example, as JSON, put into its tables.
WITH said AS (SELECT %(all)s::jsonb AS j), policy AS (
    UPDATE iduo.contact_policy p SET window_days = n.window_days, weight_call = n.weights[1], weight_whatsapp = n.weights[2],
        weight_email = n.weights[3], weight_sms = n.weights[4], weight_chat = n.weights[5], limit_1 = n.limits[1],
        limit_2 = n.limits[2], limit_3 = n.limits[3], limit_4 = n.limits[4], limit_5 = n.limits[5], daily_limit = n.daily,
        weekly_limit = n.weekly, gap_hours = n.gap, holidays_quiet = n.holidays
    FROM said, jsonb_to_record(said.j -> 'policy') AS n(purpose text, window_days integer, weights numeric[], limits integer[],
                                                       daily integer, weekly integer, gap integer, holidays boolean)
    WHERE p.purpose = n.purpose
), switch AS (UPDATE iduo.setting s SET value = said.j -> 'quiet_on' FROM said WHERE s.name = 'quiet_hours_on'
), holidays AS (INSERT INTO iduo.holiday (day, name) SELECT d::date, 'Feriado' FROM said, jsonb_array_elements_text(said.j -> 'holidays') d
), listed AS (INSERT INTO iduo.no_contact (address, search_key, channel, purpose, until, by)
    SELECT n.key, n.key, n.channel, n.purpose, n.until, 'nobody'
    FROM said, jsonb_to_recordset(said.j -> 'listed') AS n(key text, channel text, purpose text, until timestamptz)
), lists AS (INSERT INTO iduo.no_contact_list (id, name, purpose, as_of, by) OVERRIDING SYSTEM VALUE
    SELECT n.id, n.id::text, n.purpose, n.as_of, 'nobody'
    FROM said, jsonb_to_recordset(said.j -> 'bulk') AS n(id integer, purpose text, as_of timestamptz)
), numbers AS (INSERT INTO iduo.no_contact_number (search_key, list_id) SELECT DISTINCT k, n.id
    FROM said, jsonb_to_recordset(said.j -> 'bulk') AS n(id integer, keys text[]), unnest(n.keys) k
), attempts AS (INSERT INTO iduo.attempt (event_id, case_id, company_id, contact_id, channel, direction, search_key, purpose,
                                          disposition_id, counted, undone_at, at, by)
    SELECT 1, n."case", n.company, n.contact, n.channel, n.direction, n.key, 'service', n.disposition, n.counted, n.undone, n.at, 'nobody'
    FROM said, jsonb_to_recordset(said.j -> 'attempts') AS n("case" bigint, company bigint, contact bigint, channel text,
        direction text, key text, disposition integer, counted boolean, undone timestamptz, at timestamptz)
), calls AS (INSERT INTO iduo.call (id, direction, state, starts_at, finished_at, finished_by, case_id, contact_id, by, key, payload_hash)
        OVERRIDING SYSTEM VALUE
    SELECT n.id, n.direction, n.state, n.starts, n.finished, CASE WHEN n.finished IS NOT NULL THEN 'nobody' END, n."case", n.contact,
           'nobody', gen_random_uuid(), sha256('')
    FROM said, jsonb_to_recordset(said.j -> 'calls') AS n(id bigint, direction text, state text, starts timestamptz,
        finished timestamptz, "case" bigint, contact bigint)
), people AS (INSERT INTO iduo.call_contact (call_id, contact_id) SELECT n.id, n.contact
    FROM said, jsonb_to_recordset(said.j -> 'calls') AS n(id bigint, contact bigint) WHERE n.contact IS NOT NULL
), tickets AS (INSERT INTO iduo.ticket (id, state, kind, channel, caller_kind, company_id, contact_id, surname, phone, phone_key, text,
        answer, answered_at, answered_by, communicated_at, communicated_by, communicated_to, created_by, key, payload_hash)
        OVERRIDING SYSTEM VALUE
    SELECT n.id, 'communicated', 'question', 'phone', 'client', n.company, n.contact, 'X', 'x', n.key, 'x', 'y', n.at, 'nobody', n.at,
           'nobody', 'z', 'nobody', gen_random_uuid(), sha256('')
    FROM said, jsonb_to_recordset(said.j -> 'tickets') AS n(id bigint, company bigint, contact bigint, key text, at timestamptz))
INSERT INTO iduo.call_ticket (call_id, ticket_id, how) SELECT 1000000, n.id, 'communicated'
FROM said, jsonb_to_recordset(said.j -> 'tickets') AS n(id bigint, inbound boolean) WHERE n.inbound
