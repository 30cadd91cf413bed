-- A list of companies: razón social, CUIT, unidad de gestión, and who assists them. What a row leaves empty stays as it is.
SET LOCAL ROLE iduo_owner;

-- At most ten, each in a role of his own that there is.
CREATE OR REPLACE FUNCTION iduo.fit_assistants(p_assistants jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT count(*) <= 10 AND count(*) = count(DISTINCT a ->> 'role') AND coalesce(bool_and(coalesce(
               btrim(a ->> 'name') <> '' AND length(a ->> 'name') <= 120 AND length(a ->> 'whatsapp') <= 60 AND length(a ->> 'email') <= 254
               AND coalesce(a ->> 'e164' ~ '^\+\d{6,18}$', true) AND EXISTS (SELECT FROM iduo.assistant_role r WHERE r.key = a ->> 'role'), false)), true)
    FROM jsonb_array_elements(CASE jsonb_typeof(p_assistants) WHEN 'array' THEN p_assistants END) a
$$;

-- Rows that no table could hold, whoever sent them: one bad row must not sink the file.
CREATE OR REPLACE FUNCTION iduo.unfit_companies(p_batch bigint) RETURNS TABLE ("row" integer, why text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT x.row, CASE WHEN x.number IS NULL THEN 'Falta el número de empresa.'
                       WHEN x.field = 'nueva' THEN 'Es una empresa nueva y no tiene razón social.'
                       ELSE format('El dato «%s» no se puede guardar.', x.field) END
    FROM (SELECT w.row, w.number, CASE
            WHEN w.number IS NULL OR w.number NOT BETWEEN 1 AND 999999999999 THEN 'número'
            WHEN coalesce(length(w.payload ->> 'name') > 200, true) THEN 'razón social'
            WHEN coalesce(length(w.payload ->> 'document') > 20, true) THEN 'documento'
            WHEN coalesce(length(w.payload ->> 'tax_id') > 20, true) THEN 'CUIT'
            WHEN coalesce(length(w.payload ->> 'management_unit') > 40, true) THEN 'unidad de gestión'
            WHEN jsonb_typeof(w.payload -> 'warnings') IS DISTINCT FROM 'array' THEN 'avisos'
            WHEN jsonb_typeof(w.payload -> 'assistants') IS DISTINCT FROM 'array' OR octet_length(w.payload ->> 'assistants') > 7000
                OR NOT iduo.fit_assistants(w.payload -> 'assistants') THEN 'asistentes'
            WHEN w.payload ->> 'name' = '' AND NOT EXISTS (SELECT FROM iduo.company o WHERE o.number = w.number) THEN 'nueva'
            END AS field
          FROM iduo.batch_row w WHERE w.batch_id = p_batch AND w.outcome IS NULL) x
    WHERE x.field IS NOT NULL
$$;

-- Who of those who are known here is meant: whoever has that WhatsApp; else that mail, unless both have a WhatsApp and another name; else,
-- when nothing more is said of one of the two, whoever has that name in that role. `person` is who is the same within the list.
-- Kept with the rows until they are applied, because the rows that are left out then must not change who is who.
CREATE OR REPLACE FUNCTION iduo.match_assistants(p_batch bigint) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    WITH told AS MATERIALIZED (
        SELECT w.row, a.role, a.name, iduo.fold(a.name) AS plain, a.whatsapp, a.e164, a.email, m.mail,
               md5(coalesce(a.e164, m.mail, iduo.fold(a.name) || ' ' || a.role)) AS person
        FROM iduo.batch_row w,
             jsonb_to_recordset(w.payload -> 'assistants') AS a(role text, name text, whatsapp text, e164 text, email text),
             LATERAL (SELECT CASE WHEN a.email ~ '^[^@\s]+@[^@\s]+\.[^@\s.]+$' THEN lower(a.email) END AS mail) m
        WHERE w.batch_id = p_batch AND w.outcome IS NULL
    ), candidates AS (
        SELECT t.person, t.plain, o.id, iduo.fold(o.name) AS known, 1 AS way FROM told t JOIN iduo.assistant o ON o.e164 = t.e164
        UNION ALL
        SELECT t.person, t.plain, o.id, iduo.fold(o.name), 2 FROM told t JOIN iduo.assistant o ON lower(o.email) = t.mail
        WHERE t.e164 IS NULL OR o.e164 IS NULL OR iduo.fold(o.name) = t.plain
        UNION ALL
        SELECT t.person, t.plain, o.id, t.plain, 3 FROM told t JOIN iduo.company_assistant x ON x.role = t.role
        JOIN iduo.assistant o ON o.id = x.assistant_id AND iduo.fold(o.name) = t.plain
        WHERE t.e164 IS NULL AND t.mail IS NULL OR o.e164 IS NULL AND o.email = ''
    ), best AS (
        SELECT DISTINCT ON (c.person) c.person, c.id FROM candidates c ORDER BY c.person, c.way, c.known = c.plain DESC, c.id
    ), settled AS (
        -- of several rows for one person the first one holds
        SELECT t.row, t.role, t.person, b.id, first_value(t.name) OVER one AS name, first_value(t.whatsapp) OVER one AS whatsapp,
               first_value(t.e164) OVER one AS e164, first_value(t.email) OVER one AS email
        FROM told t LEFT JOIN best b ON b.person = t.person
        WINDOW one AS (PARTITION BY coalesce(b.id::text, t.person) ORDER BY t.row, t.role)
    )
    UPDATE iduo.batch_row w SET payload = w.payload || jsonb_build_object('matched', s.matched)
    FROM (SELECT d.row, jsonb_agg(to_jsonb(d) - 'row') AS matched FROM settled d GROUP BY d.row) s
    WHERE w.batch_id = p_batch AND w.row = s.row
$$;

-- What a company would be called by the list: what was corrected here stays, and a person is not made a company.
CREATE OR REPLACE FUNCTION iduo.listed(p_old iduo.company, p_payload jsonb)
RETURNS TABLE (name text, document text, tax_id text, management_unit text)
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_payload ->> 'name' = '' OR p_old.kind = 'person' OR 'name' = ANY (p_old.corrected) THEN p_old.name ELSE p_payload ->> 'name' END,
           CASE WHEN p_payload ->> 'document' = '' OR 'document' = ANY (p_old.corrected) THEN p_old.document ELSE p_payload ->> 'document' END,
           CASE WHEN p_payload ->> 'tax_id' = '' OR 'tax_id' = ANY (p_old.corrected) THEN p_old.tax_id ELSE p_payload ->> 'tax_id' END,
           CASE WHEN p_payload ->> 'management_unit' = '' OR 'management_unit' = ANY (p_old.corrected) THEN p_old.management_unit
                ELSE p_payload ->> 'management_unit' END
$$;

-- What stays as it is here, though the list says something else.
CREATE OR REPLACE FUNCTION iduo.kept_of_company(p_old iduo.company, p_payload jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(string_agg(format('%s: acá «%s», en la lista «%s»', f.label, left(f.here, 200), left(p_payload ->> f.field, 200)), '. '), '')
    FROM (VALUES ('name', 'razón social', CASE p_old.kind WHEN 'person' THEN p_old.client ELSE p_old.name END, p_old.kind = 'person'),
                 ('document', 'documento', p_old.document, false), ('tax_id', 'CUIT', p_old.tax_id, false),
                 ('management_unit', 'unidad de gestión', p_old.management_unit, false)) AS f(field, label, here, fixed)
    WHERE (f.fixed OR f.field = ANY (p_old.corrected)) AND p_payload ->> f.field NOT IN ('', f.here)
$$;

-- Whether a list says of somebody what is not known here; another spelling of the same number is not news.
CREATE OR REPLACE FUNCTION iduo.says_more(a iduo.assistant, p_name text, p_whatsapp text, p_e164 text, p_email text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT p_name <> a.name OR p_whatsapp <> '' AND coalesce(p_e164, p_whatsapp) <> coalesce(a.e164, a.whatsapp)
        OR p_email NOT IN ('', a.email)
$$;

CREATE OR REPLACE FUNCTION iduo.judged_companies(p_batch bigint) RETURNS TABLE ("row" integer, company_id bigint, same boolean, kept text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT w.row, o.id,
           (o.name, o.document, o.tax_id, o.management_unit) = (l.name, l.document, l.tax_id, l.management_unit) AND NOT EXISTS (
               SELECT FROM jsonb_to_recordset(w.payload -> 'matched') AS m(role text, id bigint, name text, whatsapp text, e164 text, email text)
               LEFT JOIN iduo.company_assistant x ON x.company_id = o.id AND x.role = m.role AND x.assistant_id = m.id
               LEFT JOIN iduo.assistant a ON a.id = x.assistant_id
               WHERE a.id IS NULL OR iduo.says_more(a, m.name, m.whatsapp, m.e164, m.email)),
           CASE WHEN o.id IS NULL THEN '' ELSE left(iduo.kept_of_company(o, w.payload), 1000) END
    FROM iduo.batch_row w LEFT JOIN iduo.company o ON o.number = w.number CROSS JOIN LATERAL iduo.listed(o, w.payload) l
    WHERE w.batch_id = p_batch AND w.outcome IS NULL
$$;

CREATE OR REPLACE FUNCTION iduo.apply_companies(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM iduo.skip_held_companies(p_batch);
    UPDATE iduo.batch_row b SET before = x.image
    FROM (SELECT w.row, CASE WHEN o.id IS NULL THEN '{}' ELSE iduo.company_image(o) END || jsonb_build_object('assistants', (
              SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') FROM iduo.assistant a
              WHERE a.id IN (SELECT (m ->> 'id')::bigint FROM jsonb_array_elements(w.payload -> 'matched') m))) AS image
          FROM iduo.batch_row w LEFT JOIN iduo.company o ON o.id = w.company_id WHERE w.batch_id = p_batch AND w.outcome IN ('created', 'updated')) x
    WHERE b.batch_id = p_batch AND b.row = x.row;
    INSERT INTO iduo.company (number, kind, name, document, tax_id, management_unit, service_status, status_since)
    SELECT b.number, 'organisation', b.payload ->> 'name', b.payload ->> 'document', b.payload ->> 'tax_id', b.payload ->> 'management_unit',
           'active', iduo.today()
    FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome = 'created' ORDER BY b.row;
    UPDATE iduo.batch_row b SET company_id = o.id FROM iduo.company o
    WHERE b.batch_id = p_batch AND b.outcome = 'created' AND o.number = b.number;
    UPDATE iduo.company o SET name = l.name, document = l.document, tax_id = l.tax_id, management_unit = l.management_unit, version = o.version + 1
    FROM iduo.batch_row b, iduo.company k, LATERAL iduo.listed(k, b.payload) l
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND k.id = b.company_id AND o.id = k.id
      AND (o.name, o.document, o.tax_id, o.management_unit) <> (l.name, l.document, l.tax_id, l.management_unit);
    ANALYZE iduo.batch_row;
    PERFORM iduo.apply_assistants(p_batch);
    UPDATE iduo.batch_row b SET payload = b.payload - 'matched' WHERE b.batch_id = p_batch AND b.payload ? 'matched';
END $$;

-- Who is new is added once, who is known learns what is new of him, and each company has who the list says in each role.
CREATE OR REPLACE FUNCTION iduo.apply_assistants(p_batch bigint) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    WITH told AS MATERIALIZED (
        SELECT b.company_id, b.row, m.* FROM iduo.batch_row b, jsonb_to_recordset(b.payload -> 'matched')
            AS m(role text, person text, id bigint, name text, whatsapp text, e164 text, email text)
        WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated')
    ), new AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('iduo.assistant', 'id')) AS id, f.*
        FROM (SELECT DISTINCT ON (t.person) t.person, t.name, t.whatsapp, t.e164, t.email FROM told t WHERE t.id IS NULL ORDER BY t.person) f
    ), born AS (
        INSERT INTO iduo.assistant (id, name, whatsapp, e164, email) OVERRIDING SYSTEM VALUE
        SELECT n.id, n.name, n.whatsapp, n.e164, n.email FROM new n
    ), changed AS (
        UPDATE iduo.assistant a SET name = t.name, email = coalesce(nullif(t.email, ''), a.email),
            whatsapp = CASE t.whatsapp WHEN '' THEN a.whatsapp ELSE t.whatsapp END, e164 = CASE t.whatsapp WHEN '' THEN a.e164 ELSE t.e164 END
        FROM (SELECT DISTINCT ON (x.id) x.* FROM told x WHERE x.id IS NOT NULL ORDER BY x.id) t
        WHERE a.id = t.id AND iduo.says_more(a, t.name, t.whatsapp, t.e164, t.email)
    )
    INSERT INTO iduo.company_assistant AS k (company_id, role, assistant_id)
    SELECT t.company_id, t.role, coalesce(t.id, n.id) FROM told t LEFT JOIN new n ON t.id IS NULL AND n.person = t.person
    ON CONFLICT (company_id, role) DO UPDATE SET assistant_id = excluded.assistant_id WHERE k.assistant_id <> excluded.assistant_id
$$;
RESET ROLE;
