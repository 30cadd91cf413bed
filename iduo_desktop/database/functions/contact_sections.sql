-- Sections of a record and the support network. What is reserved is read with a receipt; writing needs none. Every version is kept.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.contact_sections()
RETURNS TABLE (version integer, title text, fields jsonb, templates jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT v.id, f.title, iduo.form_fields(v.id, false, NULL), iduo.form_templates(v.id)
        FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published'
        WHERE f.kind = 'contact_section' AND f.active ORDER BY f.id;
END $$;

-- A coordinator may; an operator while he attends to that person; the gate has sent everybody else away.
CREATE OR REPLACE FUNCTION iduo.need_reader(p_contact bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM iduo.contact c WHERE c.id = p_contact) THEN
        PERFORM iduo.refuse('Ese contacto no existe.');
    ELSIF NOT iduo.may_read_reserved(p_contact) THEN
        RAISE EXCEPTION 'Para esto tenés que tener abierto un caso tuyo de esta persona.' USING ERRCODE = '42501';
    END IF;
END $$;

-- Form 0 is the support network.
CREATE FUNCTION api.open_contact_section(p_contact bigint, p_form integer, p_reason text)
RETURNS TABLE (receipt bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    -- one who is being merged at this moment is waited for
    PERFORM FROM iduo.contact c WHERE c.id = iduo.who_stayed(p_contact) FOR KEY SHARE;
    p_contact := iduo.who_stayed(p_contact);
    IF p_contact IS NULL OR p_form IS NULL OR EXISTS (SELECT FROM iduo.form f WHERE f.id = p_form AND f.reserved) OR p_form = 0 THEN
        PERFORM iduo.need_reader(p_contact);
    END IF;
    p_reason := iduo.need('reason', p_reason, 'Escribí para qué lo consultás.', 500);
    IF p_form IS DISTINCT FROM 0 AND NOT EXISTS (SELECT FROM iduo.form f WHERE f.id = p_form AND f.kind = 'contact_section') THEN
        PERFORM iduo.refuse('Esa sección no existe.');
    END IF;
    receipt := iduo.leave_receipt('section', p_contact || ':' || p_form, p_reason);
    -- whoever became one with that person was looked at too
    PERFORM iduo.leave_receipt('section', m || ':' || p_form, p_reason) FROM unnest(iduo.same_as(p_contact)) m WHERE m <> p_contact;
    RETURN NEXT;
END $$;

-- A receipt says who that person was when it was left: not who was merged into her since.
CREATE OR REPLACE FUNCTION iduo.check_section_receipt(p_receipt bigint, p_contact bigint, p_form integer) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM iduo.check_receipt(p_receipt, 'section', p_contact || ':' || p_form);
    IF EXISTS (SELECT FROM iduo.contact_merge m JOIN iduo.receipt r ON r.id = p_receipt WHERE m.keep_id = p_contact AND m.at > r.at) THEN
        RAISE EXCEPTION 'Para ver esto hay que pedirlo de nuevo.' USING ERRCODE = '42501';
    END IF;
END $$;

-- What it holds with the questions of the version that it was filled with; while it is empty, those that are published.
CREATE FUNCTION api.contact_section(p_contact bigint, p_form integer, p_receipt bigint)
RETURNS TABLE (form jsonb, "values" text, at timestamptz, by_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_form iduo.form;
    v_said iduo.contact_section;
    v_version integer;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    p_contact := iduo.who_stayed(p_contact);
    SELECT * INTO v_form FROM iduo.form f WHERE f.id = p_form AND f.kind = 'contact_section';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa sección no existe.');
    ELSIF v_form.reserved OR EXISTS (
        SELECT FROM iduo.contact_section s WHERE s.contact_id = p_contact AND s.form_id = p_form AND s.latest AND s.reserved) THEN
        IF NOT iduo.may('operator') AND NOT iduo.may('coordinator') THEN
            RAISE EXCEPTION 'No tenés permiso para hacer esto.' USING ERRCODE = '42501';
        END IF;
        PERFORM iduo.need_reader(p_contact);
        PERFORM iduo.check_section_receipt(p_receipt, p_contact, p_form);
    ELSE
        PERFORM iduo.count_rows_read(1);
    END IF;
    SELECT * INTO v_said FROM iduo.contact_section s WHERE s.contact_id = p_contact AND s.form_id = p_form AND s.latest;
    v_version := coalesce(v_said.form_version_id, (SELECT v.id FROM iduo.form_version v WHERE v.form_id = p_form AND v.state = 'published'));
    RETURN QUERY SELECT jsonb_build_object('version', v_version, 'title', v_form.title, 'fields', iduo.form_fields(v_version, true, NULL),
                                           'templates', iduo.form_templates(v_version)),
        coalesce(v_said.said, '{}')::text, v_said.at, coalesce(iduo.name_of(v_said."by"), '');
END $$;

-- Keeps what a section says now, whole; what is not given stays. The person's row is locked by whoever calls this.
CREATE OR REPLACE FUNCTION iduo.keep_section(p_contact bigint, p_version integer, p_values jsonb) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_form iduo.form;
    v_stored jsonb;
    v_kept jsonb;
    v_unsaid jsonb;
    v_said jsonb;
    v_id bigint;
BEGIN
    SELECT f.* INTO v_form FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id
    WHERE v.id = p_version AND v.state <> 'draft' AND f.kind = 'contact_section';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa sección cambió: abrila de nuevo.');
    ELSIF jsonb_typeof(p_values) IS DISTINCT FROM 'object' THEN
        PERFORM iduo.refuse('El formulario no se entiende o es demasiado largo.');
    END IF;
    SELECT s.said INTO v_stored FROM iduo.contact_section s WHERE s.contact_id = p_contact AND s.form_id = v_form.id AND s.latest;
    -- what stands there already was checked when it was said: an option that was retired since does not keep others from being answered
    v_kept := coalesce((SELECT jsonb_object_agg(x.key, x.value) FROM jsonb_each(v_stored) x WHERE NOT p_values ? x.key
                        AND EXISTS (SELECT FROM iduo.form_field d WHERE d.version_id = p_version AND d.key = x.key)), '{}');
    -- of what is reserved nothing is told to who writes: not by what is asked for, nor by a version that is not made. Once a reserved section says
    -- anything, all that is not given counts as answered: what was asked for would tell what has no answer
    v_unsaid := CASE WHEN v_form.reserved AND v_stored IS NOT NULL THEN
        (SELECT jsonb_object_agg(d.key, '__unsaid__') FROM iduo.form_field d WHERE d.version_id = p_version AND NOT p_values ? d.key)
        ELSE (SELECT jsonb_object_agg(x.key, CASE WHEN NOT v_form.reserved AND EXISTS (
            SELECT FROM iduo.form_field d WHERE d.version_id = p_version AND (d.required_if_field = x.key OR d.options_if_field = x.key)) THEN x.value
            ELSE '"__unsaid__"' END) FROM jsonb_each(v_kept) x) END;
    v_said := (iduo.check_form(p_version, p_values || coalesce(v_unsaid, '{}'), NULL) - ARRAY(SELECT jsonb_object_keys(v_unsaid))) || v_kept;
    IF v_said = v_stored AND NOT v_form.reserved THEN
        RETURN NULL;
    END IF;
    UPDATE iduo.contact_section s SET latest = false WHERE s.contact_id = p_contact AND s.form_id = v_form.id AND s.latest;
    INSERT INTO iduo.contact_section (contact_id, form_id, form_version_id, reserved, said, by)
    VALUES (p_contact, v_form.id, p_version, v_form.reserved, v_said, session_user) RETURNING id INTO v_id;
    RETURN v_id;
END $$;

CREATE FUNCTION api.save_contact_section(p_contact bigint, p_version integer, p_values jsonb, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    -- what was said is kept in the section alone: the hash of a few answers could be guessed
    v_hash bytea := iduo.hash('section', p_contact::text, p_version::text, p_key::text);
    v_id bigint;
    v_form iduo.form;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_id := (iduo.lock_contact(p_contact)).id;
    SELECT f.* INTO v_form FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE v.id = p_version;
    IF v_form.reserved THEN
        PERFORM iduo.need_reader(v_id);
    END IF;
    contact_id := v_id;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.keep_section(v_id, p_version, p_values);
        PERFORM iduo.add_contact_event(v_id, 'section', '', '', v_form.title, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.contact_network(p_contact bigint, p_receipt bigint)
RETURNS TABLE (id bigint, contact_id bigint, person text, phone text, what text, note text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    p_contact := iduo.who_stayed(p_contact);
    PERFORM iduo.need_reader(p_contact);
    PERFORM iduo.check_section_receipt(p_receipt, p_contact, 0);
    RETURN QUERY SELECT r.id, c.id, c.person, iduo.phone_to_call_of(c.id), r.what, r.note
        FROM iduo.contact_relation r JOIN iduo.contact c ON c.id = r.other_id WHERE r.contact_id = p_contact AND NOT r.removed ORDER BY r.id;
END $$;

CREATE OR REPLACE FUNCTION iduo.phone_to_call_of(p_contact bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce((SELECT f.typed FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND NOT f.removed AND f.safe IS NOT FALSE
                     ORDER BY f.safe NULLS LAST, f.valid DESC, f.id LIMIT 1), '')
$$;

-- Somebody of the support network; the same one again changes what he is, where that may be seen. The person's row is locked by whoever calls this.
CREATE OR REPLACE FUNCTION iduo.put_relation(p_contact bigint, p_other bigint, p_what text, p_note text, p_changes boolean) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_other bigint := iduo.who_stayed(p_other);
    v_id bigint;
BEGIN
    p_what := iduo.one_line('what', iduo.need('what', p_what, 'Escribí qué es de la persona: madre, amigo, vecina…', 80), 80);
    IF v_other IS NULL THEN
        PERFORM iduo.refuse_field('other', 'Elegí a la persona.');
    ELSIF v_other = p_contact THEN
        PERFORM iduo.refuse_field('other', 'Es la misma persona.');
    ELSIF length(p_note) > 500 THEN
        PERFORM iduo.refuse_field('note', 'El texto es demasiado largo: como mucho 500 caracteres.');
    ELSIF (SELECT count(*) FROM iduo.contact_relation r WHERE r.contact_id = p_contact AND NOT r.removed) >= 50 THEN
        PERFORM iduo.refuse_field('other', 'Ya tiene 50 personas en su red.');
    END IF;
    INSERT INTO iduo.contact_relation (contact_id, other_id, what, note, by) VALUES (p_contact, v_other, p_what, btrim(coalesce(p_note, '')), session_user)
    ON CONFLICT (contact_id, other_id) WHERE NOT removed DO UPDATE SET what = excluded.what, note = excluded.note WHERE p_changes RETURNING id INTO v_id;
    RETURN v_id;
END $$;

CREATE FUNCTION api.relate_contacts(p_contact bigint, p_other bigint, p_what text, p_note text, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('relate', p_contact::text, p_key::text);
    v_id bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_id := (iduo.lock_contact(p_contact)).id;
    PERFORM iduo.need_reader(v_id);
    contact_id := v_id;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.put_relation(v_id, p_other, p_what, p_note, true);
        PERFORM iduo.add_contact_event(v_id, 'network', '', '', '', p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.unrelate_contacts(p_contact bigint, p_relation bigint, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('unrelate', p_contact::text, p_relation::text);
    v_id bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_id := (iduo.lock_contact(p_contact)).id;
    PERFORM iduo.need_reader(v_id);
    contact_id := v_id;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        UPDATE iduo.contact_relation r SET removed = true WHERE r.id = p_relation AND r.contact_id = v_id;
        IF NOT FOUND THEN
            PERFORM iduo.refuse('Esa persona no está en su red.');
        END IF;
        PERFORM iduo.add_contact_event(v_id, 'network', '', '', '', p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION api.contact_sections, api.contact_section TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.open_contact_section, api.save_contact_section, api.contact_network, api.relate_contacts, api.unrelate_contacts
    TO iduo_operator, iduo_coordinator;
RESET ROLE;
