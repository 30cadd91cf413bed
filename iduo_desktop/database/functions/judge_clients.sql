-- What will become of each row of a list of clients; asked again before it is applied, because time has passed since the trial.
SET LOCAL ROLE iduo_owner;

-- Rows that no table could hold, whoever sent them: one bad row must not sink the file.
CREATE OR REPLACE FUNCTION iduo.unfit_clients(p_batch bigint) RETURNS TABLE ("row" integer, why text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT x.row, CASE WHEN x.number IS NULL THEN 'Falta el número de cliente.' ELSE format('El dato «%s» no se puede guardar.', x.field) END
    FROM (SELECT w.row, w.number, CASE
            WHEN w.number IS NULL OR w.number NOT BETWEEN 1 AND 999999999999 THEN 'número'
            WHEN coalesce(w.payload ->> 'kind', '') NOT IN ('person', 'organisation') THEN 'tipo'
            WHEN coalesce(w.payload ->> 'status', '') NOT IN ('active', 'suspended', 'delinquent', 'withdrawn') THEN 'estado'
            WHEN coalesce(length(w.payload ->> 'surname') > 120, true) THEN 'apellido'
            WHEN coalesce(length(w.payload ->> 'names') > 120, true) THEN 'nombres'
            WHEN coalesce(length(w.payload ->> 'name') > 200, true) THEN 'razón social'
            WHEN coalesce(length(w.payload ->> 'document') > 20, true) THEN 'documento'
            WHEN coalesce(length(w.payload ->> 'tax_id') > 20, true) THEN 'CUIT'
            WHEN coalesce(length(w.payload ->> 'plan') > 80, true) THEN 'plan'
            WHEN coalesce(length(w.payload ->> 'street') > 200, true) THEN 'domicilio'
            WHEN coalesce(length(w.payload ->> 'locality') > 120, true) THEN 'localidad'
            WHEN coalesce(length(w.payload ->> 'province') > 80, true) THEN 'provincia'
            WHEN coalesce(length(w.payload ->> 'note') > 2000, true) THEN 'observaciones'
            WHEN w.payload ->> 'cutoff_date' !~ '^(19|2\d)\d{2}-\d{2}-\d{2}$' OR NOT pg_input_is_valid(w.payload ->> 'cutoff_date', 'date') THEN 'fecha de corte'
            WHEN w.payload ->> 'extended_until' !~ '^(19|2\d)\d{2}-\d{2}-\d{2}$' OR NOT pg_input_is_valid(w.payload ->> 'extended_until', 'date') THEN 'prórroga'
            WHEN w.payload ->> 'debt' !~ '^-?\d{1,12}(\.\d{1,2})?$' THEN 'deuda'
            WHEN jsonb_typeof(w.payload -> 'warnings') IS DISTINCT FROM 'array' THEN 'avisos'
            WHEN jsonb_typeof(w.payload -> 'phones') IS DISTINCT FROM 'array' OR EXISTS (
                SELECT FROM jsonb_array_elements(CASE jsonb_typeof(w.payload -> 'phones') WHEN 'array' THEN w.payload -> 'phones' END) t
                WHERE coalesce(length(t ->> 'typed') > 60, true) OR length(t ->> 'e164') > 20 OR length(t ->> 'search_key') > 20
                   OR length(t ->> 'kind') > 20 OR jsonb_typeof(t -> 'valid') IS DISTINCT FROM 'boolean') THEN 'teléfonos'
            WHEN jsonb_typeof(w.payload -> 'emails') IS DISTINCT FROM 'array' OR EXISTS (
                SELECT FROM jsonb_array_elements(CASE jsonb_typeof(w.payload -> 'emails') WHEN 'array' THEN w.payload -> 'emails' END) m
                WHERE coalesce(length(m ->> 'address') > 254, true) OR jsonb_typeof(m -> 'valid') IS DISTINCT FROM 'boolean') THEN 'mails'
            END AS field
          FROM iduo.batch_row w WHERE w.batch_id = p_batch AND w.outcome IS NULL) x
    WHERE x.field IS NOT NULL
$$;

-- What was corrected here and stays, though the list says something else.
CREATE OR REPLACE FUNCTION iduo.kept_here(p_old iduo.company, p_payload jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT concat_ws('. ',
        (SELECT string_agg(format('%s: acá «%s», en la lista «%s»', f.label, left(to_jsonb(p_old) ->> f.field, 100), left(p_payload ->> f.field, 100)), '. ')
         FROM (VALUES ('street', 'domicilio'), ('locality', 'localidad'), ('province', 'provincia'), ('note', 'observaciones')) AS f(field, label)
         WHERE f.field = ANY (p_old.corrected) AND p_payload ->> f.field IS DISTINCT FROM to_jsonb(p_old) ->> f.field),
        (SELECT string_agg(format('teléfono: acá %s, en la lista «%s»', CASE WHEN o.removed THEN 'se sacó' ELSE '«' || o.typed || '»' END, t ->> 'typed'), '. ')
         FROM iduo.company_phone o JOIN jsonb_array_elements(p_payload -> 'phones') t
           ON o.imported_as = coalesce(nullif(t ->> 'search_key', ''), left(t ->> 'typed', 60))
         WHERE o.company_id = p_old.id AND (o.removed OR coalesce(nullif(o.search_key, ''), o.typed) <> o.imported_as)),
        (SELECT string_agg(format('mail: acá %s, en la lista «%s»', CASE WHEN o.removed THEN 'se sacó' ELSE '«' || o.address || '»' END, m ->> 'address'), '. ')
         FROM iduo.company_email o JOIN jsonb_array_elements(p_payload -> 'emails') m ON o.imported_as = lower(m ->> 'address')
         WHERE o.company_id = p_old.id AND (o.removed OR lower(o.address) <> o.imported_as)))
$$;

-- An import opens one case for each client without an open one; a client closed here gets a new one only when
-- his status changes or after some days.
CREATE OR REPLACE FUNCTION iduo.needs_case(p_old iduo.company, p_status text, p_days integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT NOT EXISTS (SELECT FROM iduo.case c WHERE c.company_id = p_old.id AND c.state = 'open' AND c.collection)
       AND (p_old.id IS NULL OR p_status IS DISTINCT FROM p_old.imported ->> 'status'
            OR NOT EXISTS (SELECT FROM iduo.case c WHERE c.company_id = p_old.id AND c.collection
                           AND c.closed_at > clock_timestamp() - make_interval(days => p_days)))
$$;

-- Whom each row means, whether applying it would change nothing, and what stays as it was corrected here:
-- what the list says is compared with what it said last time.
CREATE OR REPLACE FUNCTION iduo.judged_clients(p_batch bigint) RETURNS TABLE ("row" integer, company_id bigint, same boolean, kept text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT w.row, o.id,
           o.imported - 'erase' IS NOT DISTINCT FROM w.payload - 'warnings' - 'erase'
               AND coalesce(o.imported -> 'erase', '[]') @> coalesce(w.payload -> 'erase', '[]') AND NOT iduo.needs_case(o, w.payload ->> 'status', d.days),
           CASE WHEN o.id IS NULL THEN '' ELSE left(iduo.kept_here(o, w.payload), 1000) END
    FROM (SELECT iduo.setting('new_case_after_days')::integer AS days) d, iduo.batch_row w LEFT JOIN iduo.company o ON o.number = w.number
    WHERE w.batch_id = p_batch AND w.outcome IS NULL
$$;
RESET ROLE;
