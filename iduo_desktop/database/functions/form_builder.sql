-- Forms as an administrator makes them: a draft, a preview, a publication; what was filled keeps its version.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.forms()
RETURNS TABLE (id integer, kind text, title text, active boolean, published_version integer, published_at timestamptz, draft_version integer, used bigint,
               reserved boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY
        SELECT f.id, f.kind, f.title, f.active, p.id, p.published_at, d.id,
               iduo.form_used(f.id), f.reserved
        FROM iduo.form f
        LEFT JOIN iduo.form_version p ON p.form_id = f.id AND p.state = 'published'
        LEFT JOIN iduo.form_version d ON d.form_id = f.id AND d.state = 'draft'
        ORDER BY f.kind <> 'closing', f.title, f.id;
END $$;

-- How many records were filled with any version of a form, counted up to 10,001, in whatever table they are kept.
CREATE OR REPLACE FUNCTION iduo.form_used(p_form integer) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_place record;
    v_count bigint;
    v_used bigint := 0;
BEGIN
    FOR v_place IN
        SELECT k.conrelid::regclass AS name, a.attname AS version FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f' AND k.confrelid = 'iduo.form_version'::regclass
          AND k.conrelid NOT IN ('iduo.form_field'::regclass, 'iduo.form_template'::regclass, 'iduo.contact_section'::regclass)
    LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %s x WHERE x.%I IN (SELECT v.id FROM iduo.form_version v WHERE v.form_id = $1) LIMIT 10001) t',
                       v_place.name, v_place.version) INTO v_count USING p_form;
        v_used := v_used + v_count;
    END LOOP;
    RETURN least(v_used + iduo.sections_filled(p_form), 10001);
END $$;

-- The draft if there is one, else what is published; retired options come along, marked.
CREATE FUNCTION api.form_definition(p_form integer)
RETURNS TABLE (form_id integer, version integer, draft boolean, kind text, title text, fields jsonb, templates jsonb, edits integer, reserved boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY
        SELECT f.id, v.id, v.state = 'draft', f.kind, f.title, iduo.form_fields(v.id, true, NULL), iduo.form_templates(v.id), v.edits, f.reserved
        FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state IN ('draft', 'published')
        WHERE f.id = p_form ORDER BY v.state LIMIT 1;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese formulario no existe.');
    END IF;
END $$;

-- The fields of a version as the dialogs take them. p_list: only the options that apply to that list; NULL: all.
CREATE OR REPLACE FUNCTION iduo.form_fields(p_version integer, p_retired boolean, p_list text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', d.key, 'part', d.part, 'label', d.label, 'kind', d.kind, 'required', d.required,
            'required_if_field', d.required_if_field, 'required_if_values', d.required_if_values, 'options_if_field', d.options_if_field,
            'help', d.help, 'max_length', d.max_length,
            'options', (SELECT coalesce(jsonb_agg(jsonb_build_object('key', o.key, 'label', o.label, 'digit', o.digit, 'parents', o.parents,
                                                                     'lists', o.lists, 'active', o.active) ORDER BY o.position, o.id), '[]')
                        FROM iduo.form_option o WHERE o.field_id = d.id AND (p_retired OR o.active)
                          AND (p_list IS NULL OR o.lists = '{}' OR p_list = ANY (o.lists)))) ORDER BY d.position, d.id), '[]')
    FROM iduo.form_field d WHERE d.version_id = p_version
$$;

CREATE OR REPLACE FUNCTION iduo.form_templates(p_version integer) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('digit', t.digit, 'label', t.label,
            'values', (SELECT coalesce(jsonb_agg(jsonb_build_object('field', x.key, 'value', x.value)), '[]') FROM jsonb_each_text(t.values) x))
            ORDER BY t.digit), '[]')
    FROM iduo.form_template t WHERE t.version_id = p_version
$$;

-- Only a section of a person's record can be reserved: what it holds is read with a reason that stays.
CREATE FUNCTION api.create_form(p_kind text, p_title text, p_key uuid, p_reserved boolean DEFAULT false)
RETURNS TABLE (form_id integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    IF p_kind IS NULL OR p_kind NOT IN ('survey', 'contact_section', 'ticket') THEN
        PERFORM iduo.refuse_field('kind', 'Elegí qué formulario es.');
    ELSIF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    INSERT INTO iduo.form (kind, title, key, reserved)
    VALUES (p_kind, iduo.need('title', p_title, 'Ponele un título.', 120), p_key, p_kind = 'contact_section' AND coalesce(p_reserved, false))
    ON CONFLICT (key) DO NOTHING;
    SELECT f.id INTO form_id FROM iduo.form f WHERE f.key = p_key;
    INSERT INTO iduo.form_version (form_id, state) VALUES (form_id, 'draft') ON CONFLICT DO NOTHING;
    RETURN NEXT;
END $$;

-- What was told as reserved stays so once somebody's answers are in it.
CREATE FUNCTION api.rename_form(p_form integer, p_title text, p_active boolean, p_reserved boolean DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM FROM iduo.form f WHERE f.id = p_form FOR NO KEY UPDATE;
    IF NOT p_reserved AND EXISTS (SELECT FROM iduo.form f WHERE f.id = p_form AND f.reserved) AND iduo.form_used(p_form) > 0 THEN
        PERFORM iduo.refuse_field('reserved', 'Ya tiene datos de personas: sigue reservada. Podés desactivarla y hacer otra.');
    END IF;
    UPDATE iduo.form f SET title = iduo.need('title', p_title, 'Ponele un título.', 120), active = p_active OR f.kind = 'closing',
        reserved = f.kind = 'contact_section' AND coalesce(p_reserved, f.reserved) WHERE f.id = p_form;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese formulario no existe.');
    END IF;
END $$;

-- Puts the whole draft: {"fields": [...], "templates": [...]} as form_definition gives them. p_seen and p_edits are the version that was
-- being edited and how often it had been saved: somebody else's newer draft or publication is not overwritten.
CREATE FUNCTION api.save_form_draft(p_form integer, p_seen integer, p_definition jsonb, p_edits integer DEFAULT NULL)
RETURNS TABLE (version integer, edits integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_published integer;
BEGIN
    PERFORM iduo.require('admin');
    PERFORM FROM iduo.form f WHERE f.id = p_form FOR NO KEY UPDATE;
    SELECT v.id INTO v_published FROM iduo.form_version v WHERE v.form_id = p_form AND v.state = 'published';
    SELECT v.id INTO version FROM iduo.form_version v WHERE v.form_id = p_form AND v.state = 'draft';
    SELECT v.edits INTO edits FROM iduo.form_version v WHERE v.id = coalesce(version, v_published);
    IF p_seen IS DISTINCT FROM coalesce(version, v_published) OR p_edits <> edits THEN
        PERFORM iduo.refuse('Otra persona cambió este formulario recién. Abrilo de nuevo para ver cómo quedó.');
    END IF;
    PERFORM iduo.check_definition(p_definition, (SELECT f.kind FROM iduo.form f WHERE f.id = p_form));
    IF version IS NULL THEN
        INSERT INTO iduo.form_version (form_id, state) VALUES (p_form, 'draft') RETURNING id INTO version;
    END IF;
    DELETE FROM iduo.form_option o WHERE o.field_id IN (SELECT f.id FROM iduo.form_field f WHERE f.version_id = version);
    DELETE FROM iduo.form_field f WHERE f.version_id = version;
    DELETE FROM iduo.form_template t WHERE t.version_id = version;
    PERFORM iduo.write_definition(version, p_definition, v_published);
    UPDATE iduo.form_version v SET edits = v.edits + 1 WHERE v.id = version RETURNING v.edits INTO edits;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.write_definition(p_version integer, p_definition jsonb, p_published integer) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO iduo.form_field (version_id, key, part, label, kind, required, required_if_field, required_if_values, options_if_field,
                                 help, max_length, position)
    SELECT p_version, d ->> 'key', coalesce(d ->> 'part', 'closing'), d ->> 'label', d ->> 'kind', coalesce((d ->> 'required')::boolean, false),
           nullif(d ->> 'required_if_field', ''), ARRAY(SELECT jsonb_array_elements_text(coalesce(d -> 'required_if_values', '[]'))),
           nullif(d ->> 'options_if_field', ''), coalesce(d ->> 'help', ''), coalesce((d ->> 'max_length')::integer, 200), n
    FROM jsonb_array_elements(p_definition -> 'fields') WITH ORDINALITY AS x(d, n);
    INSERT INTO iduo.form_option (field_id, key, label, digit, parents, lists, active, position)
    SELECT f.id, o ->> 'key', o ->> 'label', (o ->> 'digit')::smallint, ARRAY(SELECT jsonb_array_elements_text(coalesce(o -> 'parents', '[]'))),
           ARRAY(SELECT jsonb_array_elements_text(coalesce(o -> 'lists', '[]'))), coalesce((o ->> 'active')::boolean, true), n
    FROM jsonb_array_elements(p_definition -> 'fields') d
    JOIN iduo.form_field f ON f.version_id = p_version AND f.key = d ->> 'key',
         jsonb_array_elements(coalesce(d -> 'options', '[]')) WITH ORDINALITY AS x(o, n);
    -- what was published once may have been used: it is retired, never lost
    INSERT INTO iduo.form_option (field_id, key, label, digit, parents, lists, active, position)
    SELECT f.id, o.key, o.label, NULL, o.parents, o.lists, false, 1000 + o.position
    FROM iduo.form_field p JOIN iduo.form_option o ON o.field_id = p.id JOIN iduo.form_field f ON f.version_id = p_version AND f.key = p.key
    WHERE p.version_id = p_published AND f.kind IN ('choice', 'several')
    ON CONFLICT (field_id, key) DO NOTHING;
    INSERT INTO iduo.form_template (version_id, digit, label, values)
    SELECT p_version, (t ->> 'digit')::smallint, t ->> 'label',
           (SELECT coalesce(jsonb_object_agg(v ->> 'field', v ->> 'value'), '{}') FROM jsonb_array_elements(coalesce(t -> 'values', '[]')) v)
    FROM jsonb_array_elements(coalesce(p_definition -> 'templates', '[]')) t;
END $$;

-- What is published stays; a form that never was goes with its draft.
CREATE FUNCTION api.discard_form_draft(p_form integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_draft integer;
BEGIN
    PERFORM iduo.require('admin');
    PERFORM FROM iduo.form f WHERE f.id = p_form FOR NO KEY UPDATE;
    SELECT v.id INTO v_draft FROM iduo.form_version v WHERE v.form_id = p_form AND v.state = 'draft';
    DELETE FROM iduo.form_option o WHERE o.field_id IN (SELECT f.id FROM iduo.form_field f WHERE f.version_id = v_draft);
    DELETE FROM iduo.form_field f WHERE f.version_id = v_draft;
    DELETE FROM iduo.form_template t WHERE t.version_id = v_draft;
    DELETE FROM iduo.form_version v WHERE v.id = v_draft;
    DELETE FROM iduo.form f WHERE f.id = p_form AND NOT EXISTS (SELECT FROM iduo.form_version v WHERE v.form_id = p_form);
END $$;

-- From now on dialogs open with the draft; those that are open go on with the version they have.
CREATE FUNCTION api.publish_form(p_form integer, p_draft integer, p_edits integer DEFAULT NULL)
RETURNS TABLE (version integer, edits integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM FROM iduo.form f WHERE f.id = p_form FOR NO KEY UPDATE;
    SELECT v.id, v.edits INTO version, edits FROM iduo.form_version v WHERE v.id = p_draft;
    IF EXISTS (SELECT FROM iduo.form_version v WHERE v.id = p_draft AND v.form_id = p_form AND v.state = 'published') THEN
        RETURN NEXT;
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM iduo.form_version v WHERE v.id = p_draft AND v.form_id = p_form AND v.state = 'draft') OR p_edits <> edits THEN
        PERFORM iduo.refuse('Otra persona cambió, publicó o descartó este borrador. Abrilo de nuevo.');
    ELSIF NOT EXISTS (SELECT FROM iduo.form_field f WHERE f.version_id = p_draft) THEN
        PERFORM iduo.refuse('El formulario no tiene campos: agregá al menos uno.');
    END IF;
    UPDATE iduo.form_version v SET state = 'retired' WHERE v.form_id = p_form AND v.state = 'published';
    UPDATE iduo.form_version v SET state = 'published', published_at = clock_timestamp() WHERE v.id = p_draft;
    RETURN NEXT;
END $$;

GRANT EXECUTE ON FUNCTION api.forms, api.form_definition, api.create_form, api.rename_form, api.save_form_draft, api.discard_form_draft,
    api.publish_form TO iduo_admin;
RESET ROLE;
