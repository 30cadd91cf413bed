-- A list of persons. A staged row is
--   {"row": 7, "number": 55 or null, "surname": "Paz", "names": "Ana", "document": "24.118.903", "birth_date": "1980-05-31" or null,
--    "phones": [{"typed": "0341 15-612-4410", "e164": "+5493416124410" or null, "search_key": "3416124410" or "", "kind": "mobile" or "", "valid": true}],
--    "emails": [{"address": "ana@x.com", "valid": true}], "company_number": 20417 or null, "note": "", "warnings": ["…"], "erase": []}
-- `number` is this person's number (id) here, where the list has it. What is empty (or null) stays as it is, unless its key stands in `erase`,
-- one or several of surname, names, document, birth_date, company_number, note: the file has that column, and empty there means "take it away".
-- A row that the file itself makes impossible comes judged already: {"row": 8, "outcome": "refused" or "doubtful", "message": "…"}.
SET LOCAL ROLE iduo_owner;

-- Rows that no table could hold, whoever sent them: one bad row must not sink the file.
CREATE OR REPLACE FUNCTION iduo.unfit_contacts(p_batch bigint) RETURNS TABLE ("row" integer, why text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT x.row, CASE x.field WHEN 'nadie' THEN 'La fila no dice de quién es: ni apellido, ni nombre, ni documento.'
                               ELSE format('El dato «%s» no se puede guardar.', x.field) END
    FROM (SELECT w.row, CASE
            WHEN w.payload ->> 'number' IS NOT NULL AND coalesce(w.number NOT BETWEEN 1 AND 999999999999, true) THEN 'número'
            WHEN coalesce(length(w.payload ->> 'surname') > 120, true) THEN 'apellido'
            WHEN coalesce(length(w.payload ->> 'names') > 120, true) THEN 'nombres'
            WHEN coalesce(length(regexp_replace(w.payload ->> 'document', '[^0-9A-Za-z]', '', 'g')) > 20
                          OR w.payload ->> 'document' <> '' AND w.payload ->> 'document' !~ '\d', true) THEN 'documento'
            WHEN w.payload ->> 'birth_date' !~ '^(19|2\d)\d{2}-\d{2}-\d{2}$' OR NOT pg_input_is_valid(w.payload ->> 'birth_date', 'date')
                OR w.payload ->> 'birth_date' > iduo.today()::text THEN 'fecha de nacimiento'
            WHEN coalesce(length(w.payload ->> 'note') > 2000, true) THEN 'observaciones'
            WHEN jsonb_typeof(w.payload -> 'warnings') IS DISTINCT FROM 'array' THEN 'avisos'
            WHEN coalesce(jsonb_typeof(w.payload -> 'erase'), 'array') <> 'array' THEN 'qué borrar'
            WHEN w.payload ->> 'company_number' IS NOT NULL AND w.payload ->> 'company_number' !~ '^\d{1,12}$' THEN 'empresa'
            WHEN jsonb_typeof(w.payload -> 'phones') IS DISTINCT FROM 'array' OR jsonb_array_length(w.payload -> 'phones') > 20 OR EXISTS (
                SELECT FROM jsonb_array_elements(CASE jsonb_typeof(w.payload -> 'phones') WHEN 'array' THEN w.payload -> 'phones' END) f
                WHERE coalesce(length(f ->> 'typed') NOT BETWEEN 1 AND 60, true) OR f ->> 'e164' !~ '^\+\d{6,18}$' OR f ->> 'search_key' !~ '^\d{0,20}$'
                   OR length(f ->> 'kind') > 20 OR jsonb_typeof(f -> 'valid') IS DISTINCT FROM 'boolean') THEN 'teléfonos'
            WHEN jsonb_typeof(w.payload -> 'emails') IS DISTINCT FROM 'array' OR jsonb_array_length(w.payload -> 'emails') > 20 OR EXISTS (
                SELECT FROM jsonb_array_elements(CASE jsonb_typeof(w.payload -> 'emails') WHEN 'array' THEN w.payload -> 'emails' END) m
                WHERE coalesce(length(m ->> 'address') NOT BETWEEN 1 AND 254, true) OR jsonb_typeof(m -> 'valid') IS DISTINCT FROM 'boolean') THEN 'mails'
            WHEN w.number IS NULL AND btrim(concat(w.payload ->> 'surname', w.payload ->> 'names', w.payload ->> 'document')) = '' THEN 'nadie'
            END AS field
          FROM iduo.batch_row w WHERE w.batch_id = p_batch AND w.outcome IS NULL) x
    WHERE x.field IS NOT NULL
$$;

-- What a row says of a person, without what only people read.
CREATE OR REPLACE FUNCTION iduo.told_contacts(p_batch bigint)
RETURNS TABLE ("row" integer, number bigint, surname text, names text, document text, birth_date date, note text, company_id bigint, lost_company text,
               keys text[], mails text[], name text, erase jsonb, said jsonb, warnings text, outcome text, contact_id bigint)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT w.row, w.number, x.surname, x.names, regexp_replace(upper(regexp_replace(w.payload ->> 'document', '[^0-9A-Za-z]', '', 'g')), '^(DNI|CUIT|CUIL|LC|LE|CI)(?=\d)', ''),
           (w.payload ->> 'birth_date')::date, btrim(w.payload ->> 'note'), o.id, CASE WHEN o.id IS NULL THEN w.payload ->> 'company_number' END,
           ARRAY(SELECT DISTINCT f ->> 'search_key' FROM jsonb_array_elements(w.payload -> 'phones') f WHERE f ->> 'search_key' <> '' ORDER BY 1),
           ARRAY(SELECT DISTINCT lower(m ->> 'address') FROM jsonb_array_elements(w.payload -> 'emails') m ORDER BY 1),
           iduo.fold(x.surname || ' ' || x.names), coalesce(w.payload -> 'erase', '[]'), w.payload - 'warnings',
           coalesce((SELECT string_agg(v, '. ') FROM jsonb_array_elements_text(w.payload -> 'warnings') v), ''),
           w.outcome, w.contact_id
    FROM iduo.batch_row w
    CROSS JOIN LATERAL (SELECT btrim(regexp_replace(w.payload ->> 'surname', '\s+', ' ', 'g')) AS surname, btrim(regexp_replace(w.payload ->> 'names', '\s+', ' ', 'g')) AS names) x
    LEFT JOIN iduo.company o ON o.number = (w.payload ->> 'company_number')::bigint
    WHERE w.batch_id = p_batch AND (w.outcome IS NULL OR w.outcome IN ('created', 'updated'))
$$;

-- Telephones and mails of a row that the person has not got, in whatever spelling; one that was taken away here does not come again.
CREATE OR REPLACE FUNCTION iduo.new_phones(p_contact bigint, p_said jsonb) RETURNS TABLE (typed text, e164 text, search_key text, kind text, valid boolean)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT DISTINCT ON (k.key) f ->> 'typed', f ->> 'e164', coalesce(f ->> 'search_key', ''), coalesce(f ->> 'kind', ''), (f ->> 'valid')::boolean
    FROM jsonb_array_elements(p_said -> 'phones') WITH ORDINALITY AS a(f, n), LATERAL (SELECT coalesce(nullif(f ->> 'search_key', ''), f ->> 'typed') AS key) k
    WHERE NOT EXISTS (SELECT FROM iduo.contact_phone p WHERE p.contact_id = p_contact AND k.key IN (p.search_key, p.typed)) ORDER BY k.key, a.n
$$;

CREATE OR REPLACE FUNCTION iduo.new_emails(p_contact bigint, p_said jsonb) RETURNS TABLE (address text, valid boolean)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT DISTINCT ON (lower(m ->> 'address')) m ->> 'address', (m ->> 'valid')::boolean FROM jsonb_array_elements(p_said -> 'emails') WITH ORDINALITY AS a(m, n)
    WHERE NOT EXISTS (SELECT FROM iduo.contact_email e WHERE e.contact_id = p_contact AND lower(e.address) = lower(m ->> 'address')) ORDER BY lower(m ->> 'address'), a.n
$$;

-- How a person is before a list changes him, and a mark of how it left him: any change since shows.
CREATE OR REPLACE FUNCTION iduo.contact_image(p_contact bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT jsonb_build_object('contact', jsonb_build_object('surname', c.surname, 'names', c.names, 'document_type', c.document_type, 'document', c.document,
                                                            'birth_date', c.birth_date, 'note', c.note, 'company_id', c.company_id),
        'phones', (SELECT coalesce(jsonb_agg(p.id), '[]') FROM iduo.contact_phone p WHERE p.contact_id = c.id),
        'emails', (SELECT coalesce(jsonb_agg(m.id), '[]') FROM iduo.contact_email m WHERE m.contact_id = c.id))
    FROM iduo.contact c WHERE c.id = p_contact
$$;

CREATE OR REPLACE FUNCTION iduo.contact_mark(p_contact bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT md5(jsonb_build_array(c.surname, c.names, c.document, c.birth_date, c.note, c.company_id, c.merged_into,
        (SELECT jsonb_agg(jsonb_build_array(p.id, p.typed, p.search_key, p.valid, p.removed, p.safe) ORDER BY p.id) FROM iduo.contact_phone p WHERE p.contact_id = c.id),
        (SELECT jsonb_agg(jsonb_build_array(m.id, m.address, m.valid, m.removed, m.safe) ORDER BY m.id) FROM iduo.contact_email m WHERE m.contact_id = c.id))::text)
    FROM iduo.contact c WHERE c.id = p_contact
$$;

-- Whom each row may mean: by his number; else by document; else by a telephone or mail together with the name, unless the documents differ; and
-- who gives nothing but a name, whoever has that name and nothing else.
CREATE OR REPLACE FUNCTION iduo.meant_contacts(p_batch bigint) RETURNS TABLE ("row" integer, contact_id bigint, many integer)
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH told AS MATERIALIZED (SELECT * FROM iduo.told_contacts(p_batch)),
    by_document AS MATERIALIZED (
        SELECT t.row, c.id FROM told t JOIN iduo.contact c ON c.document COLLATE "C" = t.document AND c.document <> '' AND c.merged_into IS NULL
        WHERE t.number IS NULL
    ), reached AS (
        SELECT t.row, p.contact_id AS id FROM told t CROSS JOIN LATERAL unnest(t.keys) k JOIN iduo.contact_phone p ON p.search_key COLLATE "C" = k AND NOT p.removed
        UNION SELECT t.row, m.contact_id FROM told t CROSS JOIN LATERAL unnest(t.mails) k JOIN iduo.contact_email m ON lower(m.address) COLLATE "C" = k AND NOT m.removed
    ), candidates AS (
        SELECT t.row, coalesce(c.merged_into, c.id) AS id FROM told t JOIN iduo.contact c ON c.id = t.number
        UNION ALL SELECT d.row, d.id FROM by_document d
        UNION ALL SELECT t.row, c.id FROM reached y JOIN told t ON t.row = y.row JOIN iduo.contact c ON c.id = y.id
            WHERE t.number IS NULL AND t.name <> '' AND c.merged_into IS NULL AND c.search_text = ' ' || t.name AND '' IN (t.document, c.document)
              AND t.row NOT IN (SELECT d.row FROM by_document d)
        UNION ALL SELECT t.row, c.id FROM told t JOIN iduo.contact c ON c.search_text COLLATE "C" = ' ' || t.name AND c.merged_into IS NULL
            WHERE t.number IS NULL AND t.name <> '' AND t.document = '' AND t.keys = '{}' AND t.mails = '{}' AND c.document = ''
              AND (t.company_id IS NULL OR c.company_id IS NULL OR c.company_id = t.company_id)
              AND NOT EXISTS (SELECT FROM iduo.contact_phone p WHERE p.contact_id = c.id AND p.search_key <> '')
              AND NOT EXISTS (SELECT FROM iduo.contact_email m WHERE m.contact_id = c.id)
    )
    SELECT k.row, min(k.id), count(DISTINCT k.id)::integer FROM candidates k GROUP BY k.row
$$;

-- How a person would be by the list: what it leaves empty stays, unless it says that it is to be erased.
CREATE OR REPLACE FUNCTION iduo.listed_contact(c iduo.contact, p_surname text, p_names text, p_document text, p_birth_date date, p_note text, p_company bigint, p_erase jsonb)
RETURNS TABLE (surname text, names text, document text, birth_date date, note text, company_id bigint)
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_surname = '' AND NOT p_erase ? 'surname' THEN c.surname ELSE p_surname END,
           CASE WHEN p_names = '' AND NOT p_erase ? 'names' THEN c.names ELSE p_names END,
           CASE WHEN p_document = '' AND NOT p_erase ? 'document' THEN c.document ELSE p_document END,
           CASE WHEN p_birth_date IS NULL AND NOT p_erase ? 'birth_date' THEN c.birth_date ELSE p_birth_date END,
           CASE WHEN p_note = '' AND NOT p_erase ? 'note' THEN c.note ELSE p_note END,
           CASE WHEN p_company IS NULL AND NOT p_erase ? 'company_number' THEN c.company_id ELSE p_company END
$$;

CREATE OR REPLACE FUNCTION iduo.judge_contacts(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    UPDATE iduo.batch_row b SET outcome = NULL, message = '', contact_id = NULL
    WHERE b.batch_id = p_batch AND b.outcome IS NOT NULL AND NOT b.payload ? 'outcome' AND b.payload <> '{}';
    UPDATE iduo.batch_row b SET outcome = 'refused', message = x.why FROM iduo.unfit_contacts(p_batch) x WHERE b.batch_id = p_batch AND b.row = x.row;
    WITH known AS MATERIALIZED (
        SELECT t.row, t.number, t.surname, t.names, t.document, t.birth_date, t.note, t.company_id, t.lost_company, t.erase, t.said, t.warnings,
               m.contact_id, coalesce(m.many, 0) AS many, c, coalesce('c' || m.contact_id, 'd' || nullif(t.document, ''), 'k' || t.keys[1] || t.name, 'm' || t.mails[1] || t.name,
                   concat('n', t.name, '/', t.company_id)) AS who
        FROM iduo.told_contacts(p_batch) t LEFT JOIN iduo.meant_contacts(p_batch) m ON m.row = t.row LEFT JOIN iduo.contact c ON c.id = m.contact_id
    ), ordered AS (
        SELECT k.*, first_value(k.row) OVER w AS first, first_value(k.said) OVER w AS first_said FROM known k WINDOW w AS (PARTITION BY k.who ORDER BY k.row)
    ), judged AS (
        SELECT o.row, o.contact_id, o.number, o.many, o.first, o.lost_company, o.warnings, CASE
            WHEN o.contact_id IS NULL AND o.number IS NOT NULL THEN 'nobody'
            WHEN o.many > 1 THEN 'several'
            WHEN o.number IS NOT NULL AND '' NOT IN (o.document, (o.c).document) AND o.document <> (o.c).document THEN 'other'
            WHEN o.first <> o.row THEN CASE WHEN o.said = o.first_said THEN 'repeated' ELSE 'twice' END
            WHEN o.contact_id IS NULL THEN 'created'
            WHEN l.surname = '' AND l.names = '' AND l.document = '' THEN 'blank'
            WHEN (l.surname, l.names, l.document, l.birth_date, l.note, l.company_id) IS DISTINCT FROM
                 ((o.c).surname, (o.c).names, (o.c).document, (o.c).birth_date, (o.c).note, (o.c).company_id)
              OR EXISTS (SELECT FROM iduo.new_phones(o.contact_id, o.said)) OR EXISTS (SELECT FROM iduo.new_emails(o.contact_id, o.said)) THEN 'updated'
            ELSE 'unchanged' END AS verdict
        FROM ordered o CROSS JOIN LATERAL iduo.listed_contact(o.c, o.surname, o.names, o.document, o.birth_date, o.note, o.company_id, o.erase) l
    )
    UPDATE iduo.batch_row b SET contact_id = j.contact_id,
        outcome = CASE WHEN j.verdict IN ('nobody', 'blank') THEN 'refused' WHEN j.verdict IN ('several', 'other', 'twice') THEN 'doubtful'
                       WHEN j.verdict = 'repeated' THEN 'unchanged' ELSE j.verdict END,
        message = left(CASE j.verdict
            WHEN 'nobody' THEN format('No hay un contacto con el número %s.', j.number)
            WHEN 'blank' THEN 'Quedaría sin apellido, sin nombre y sin documento.'
            WHEN 'several' THEN format('Puede ser cualquiera de %s contactos: agregá el documento o el número de contacto.', j.many)
            WHEN 'other' THEN 'El contacto con ese número tiene otro documento.'
            WHEN 'twice' THEN format('Es la misma persona que en la fila %s, con otros datos.', j.first)
            WHEN 'repeated' THEN format('Está también en la fila %s.', j.first)
            ELSE concat_ws('. ', nullif(j.warnings, ''), 'La empresa ' || j.lost_company || ' no existe: se importa sin empresa') END, 1000)
    FROM judged j WHERE b.batch_id = p_batch AND b.row = j.row;
END $$;

CREATE OR REPLACE FUNCTION iduo.apply_contacts(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    WITH free AS MATERIALIZED (
        SELECT c.id FROM iduo.contact c WHERE c.id IN (SELECT b.contact_id FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome = 'updated')
        ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE iduo.batch_row b SET outcome = CASE WHEN f.id IS NULL THEN 'refused' ELSE b.outcome END,
        message = CASE WHEN f.id IS NULL THEN iduo.held_message() ELSE b.message END, before = CASE WHEN f.id IS NOT NULL THEN iduo.contact_image(f.id) END
    FROM iduo.batch_row x LEFT JOIN free f ON f.id = x.contact_id
    WHERE x.batch_id = p_batch AND x.outcome = 'updated' AND b.batch_id = x.batch_id AND b.row = x.row;

    INSERT INTO iduo.contact_event (contact_id, kind, by, field, before, after, version_after)
    SELECT c.id, 'changed', session_user, d.field, left(coalesce(d.old, ''), 4000), left(coalesce(d.new, ''), 4000), c.version + 1
    FROM iduo.told_contacts(p_batch) t JOIN iduo.contact c ON c.id = t.contact_id
    CROSS JOIN LATERAL iduo.listed_contact(c, t.surname, t.names, t.document, t.birth_date, t.note, t.company_id, t.erase) l
    CROSS JOIN LATERAL (VALUES ('surname', c.surname, l.surname), ('names', c.names, l.names), ('document', c.document, l.document),
        ('birth_date', c.birth_date::text, l.birth_date::text), ('note', c.note, l.note), ('company', c.company_id::text, l.company_id::text)) AS d(field, old, new)
    WHERE t.outcome = 'updated' AND d.old IS DISTINCT FROM d.new ORDER BY t.row;
    UPDATE iduo.contact c SET surname = l.surname, names = l.names, document = l.document, document_type = iduo.document_type(l.document),
        birth_date = l.birth_date, note = l.note, company_id = l.company_id, version = c.version + 1
    FROM iduo.told_contacts(p_batch) t, iduo.contact k,
         LATERAL iduo.listed_contact(k, t.surname, t.names, t.document, t.birth_date, t.note, t.company_id, t.erase) l
    WHERE t.outcome = 'updated' AND k.id = t.contact_id AND c.id = k.id;
    WITH new AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('iduo.contact', 'id')) AS id, t.*
        FROM (SELECT * FROM iduo.told_contacts(p_batch) x WHERE x.outcome = 'created' ORDER BY x.row) t
    ), born AS (
        INSERT INTO iduo.contact (id, company_id, surname, names, document_type, document, birth_date, note, by) OVERRIDING SYSTEM VALUE
        SELECT n.id, n.company_id, n.surname, n.names, iduo.document_type(n.document), n.document, n.birth_date, n.note, session_user FROM new n ORDER BY n.row
    )
    UPDATE iduo.batch_row b SET contact_id = n.id FROM new n WHERE b.batch_id = p_batch AND b.row = n.row;

    INSERT INTO iduo.contact_phone (contact_id, typed, e164, search_key, kind, valid)
    SELECT b.contact_id, f.typed, f.e164, f.search_key, f.kind, f.valid FROM iduo.batch_row b, LATERAL iduo.new_phones(b.contact_id, b.payload) f
    WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated');
    INSERT INTO iduo.contact_email (contact_id, address, valid)
    SELECT b.contact_id, m.address, m.valid FROM iduo.batch_row b, LATERAL iduo.new_emails(b.contact_id, b.payload) m
    WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated');
    UPDATE iduo.batch_row b SET after = iduo.contact_mark(b.contact_id) WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated');
END $$;
RESET ROLE;
