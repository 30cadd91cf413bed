-- Records of persons: who they are and how they are reached, changed one thing at a time, each change in the history and taken back.
SET LOCAL ROLE iduo_owner;

-- Lock a person; one who was merged into another is the other. Whoever writes what he guesses learns whether it is so: it counts.
CREATE OR REPLACE FUNCTION iduo.lock_contact(p_contact bigint) RETURNS iduo.contact
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact iduo.contact;
BEGIN
    LOOP
        SELECT * INTO v_contact FROM iduo.contact c WHERE c.id = p_contact FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            PERFORM iduo.refuse('Ese contacto no existe.');
        END IF;
        EXIT WHEN v_contact.merged_into IS NULL;
        p_contact := v_contact.merged_into;
    END LOOP;
    PERFORM iduo.count_command();
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN v_contact;
END $$;

-- The person that stayed, of one who was merged.
CREATE OR REPLACE FUNCTION iduo.who_stayed(p_contact bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH RECURSIVE way AS (
        SELECT c.id, c.merged_into FROM iduo.contact c WHERE c.id = p_contact
        UNION SELECT c.id, c.merged_into FROM way w JOIN iduo.contact c ON c.id = w.merged_into)
    SELECT w.id FROM way w WHERE w.merged_into IS NULL
$$;

-- The event that this key left before, or nothing. A key of somebody else, or with other contents, is refused.
CREATE OR REPLACE FUNCTION iduo.replayed_contact(p_key uuid, p_hash bytea) RETURNS iduo.contact_event
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    r iduo.contact_event;
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO r FROM iduo.contact_event e WHERE e.key = p_key;
    IF FOUND THEN
        PERFORM iduo.need_same(r."by", r.payload_hash, p_hash);
    END IF;
    RETURN r;
END $$;

CREATE OR REPLACE FUNCTION iduo.add_contact_event(p_contact bigint, p_kind text, p_field text, p_before text, p_after text, p_key uuid, p_hash bytea)
RETURNS bigint
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO iduo.contact_event (contact_id, kind, "by", field, before, after, version_after, key, payload_hash)
    SELECT c.id, p_kind, session_user, p_field, left(coalesce(p_before, ''), 4000), left(coalesce(p_after, ''), 4000), c.version, p_key, p_hash
    FROM iduo.contact c WHERE c.id = p_contact RETURNING id
$$;

-- A field of a record as the form shows it.
CREATE OR REPLACE FUNCTION iduo.contact_value(p_contact iduo.contact, p_field text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT coalesce(to_jsonb(p_contact) ->> p_field, '') $$;

CREATE OR REPLACE FUNCTION iduo.contact_label(p_field text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_field WHEN 'surname' THEN 'Apellido' WHEN 'names' THEN 'Nombre' WHEN 'document' THEN 'Documento' WHEN 'birth_date' THEN 'Nacimiento'
        WHEN 'note' THEN 'Nota' WHEN 'safe_when' THEN 'Cuándo llamar' WHEN 'safe_where' THEN 'Dónde llamar'
        WHEN 'safe_words' THEN 'Si atiende otra persona' WHEN 'company_id' THEN 'Empresa' END
$$;

-- What is kept in a field, for people.
CREATE OR REPLACE FUNCTION iduo.merge_word(p_field text, p_value text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_value = '' THEN '' WHEN p_field = 'company_id' THEN (SELECT o.client FROM iduo.company o WHERE o.id = p_value::bigint)
                WHEN p_field = 'birth_date' THEN to_char(p_value::date, 'DD/MM/YYYY') ELSE p_value END
$$;

-- What was typed in a field as it is kept, or a refusal.
CREATE OR REPLACE FUNCTION iduo.check_contact_value(p_field text, p_value text) RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_value text := btrim(coalesce(p_value, ''), E' \t\r\n');
BEGIN
    IF p_field = 'document' THEN
        RETURN iduo.document_of(p_value);
    ELSIF p_field = 'birth_date' THEN
        IF v_value <> '' AND (v_value !~ '^(19|20)\d\d-\d\d-\d\d$' OR NOT pg_input_is_valid(v_value, 'date')) THEN
            PERFORM iduo.refuse_field('birth_date', 'Esa fecha no existe.');
        ELSIF v_value <> '' AND v_value::date > iduo.today() THEN
            PERFORM iduo.refuse_field('birth_date', 'Esa fecha todavía no llegó.');
        END IF;
        RETURN v_value;
    ELSIF p_field IN ('surname', 'names', 'safe_when', 'safe_where') THEN
        RETURN iduo.one_line(p_field, p_value, CASE WHEN p_field IN ('surname', 'names') THEN 120 ELSE 200 END);
    ELSIF p_field IN ('note', 'safe_words') THEN
        IF length(v_value) > (CASE p_field WHEN 'note' THEN 2000 ELSE 500 END) THEN
            PERFORM iduo.refuse_field(p_field, 'El texto es demasiado largo.');
        END IF;
        RETURN v_value;
    END IF;
    PERFORM iduo.refuse('Ese dato no se cambia acá.');
END $$;

CREATE OR REPLACE FUNCTION iduo.put_contact_value(p_contact bigint, p_field text, p_value text) RETURNS iduo.contact
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact iduo.contact;
BEGIN
    UPDATE iduo.contact c SET version = c.version + 1,
        surname = CASE p_field WHEN 'surname' THEN p_value ELSE c.surname END, names = CASE p_field WHEN 'names' THEN p_value ELSE c.names END,
        document = CASE p_field WHEN 'document' THEN p_value ELSE c.document END,
        document_type = CASE p_field WHEN 'document' THEN iduo.document_type(p_value) ELSE c.document_type END,
        birth_date = CASE p_field WHEN 'birth_date' THEN nullif(p_value, '')::date ELSE c.birth_date END,
        company_id = CASE p_field WHEN 'company_id' THEN nullif(p_value, '')::bigint ELSE c.company_id END,
        note = CASE p_field WHEN 'note' THEN p_value ELSE c.note END,
        safe_when = CASE p_field WHEN 'safe_when' THEN p_value ELSE c.safe_when END,
        safe_where = CASE p_field WHEN 'safe_where' THEN p_value ELSE c.safe_where END,
        safe_words = CASE p_field WHEN 'safe_words' THEN p_value ELSE c.safe_words END
    WHERE c.id = p_contact RETURNING * INTO v_contact;
    RETURN v_contact;
EXCEPTION WHEN check_violation THEN
    PERFORM iduo.refuse_field(p_field, 'Tiene que quedar al menos el apellido, el nombre o el documento.');
END $$;

-- Refused only when somebody changed this very field since the version that one saw.
CREATE FUNCTION api.change_contact(p_contact bigint, p_field text, p_value text, p_version integer, p_key uuid)
RETURNS TABLE (contact_id bigint, event bigint, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('change contact', p_contact::text, p_field, p_value, p_version::text);
    v_contact iduo.contact;
    v_before iduo.contact_event;
    v_value text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_contact := iduo.lock_contact(p_contact);
    v_before := iduo.replayed_contact(p_key, v_hash);
    IF v_before.id IS NOT NULL THEN
        RETURN QUERY SELECT v_contact.id, v_before.id, v_contact.version, true;
        RETURN;
    END IF;
    v_value := iduo.check_contact_value(coalesce(p_field, ''), p_value);
    IF v_value = iduo.contact_value(v_contact, p_field) THEN
        RETURN QUERY SELECT v_contact.id, 0::bigint, v_contact.version, true;  -- asked again, or nothing to do
        RETURN;
    ELSIF p_version IS NULL OR p_version > v_contact.version OR EXISTS (
        SELECT FROM iduo.contact_event e WHERE e.contact_id = v_contact.id AND e.field = p_field AND e.version_after > p_version) THEN
        PERFORM iduo.refuse_field(p_field, 'Otra persona cambió este dato recién. Fijate cómo quedó y guardá de nuevo.');
    END IF;
    contact_id := v_contact.id;
    version := (iduo.put_contact_value(v_contact.id, p_field, v_value)).version;
    event := iduo.add_contact_event(v_contact.id, 'changed', p_field, iduo.contact_value(v_contact, p_field), v_value, p_key, v_hash);
    replayed := false;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.undo_contact_change(p_event bigint, p_key uuid)
RETURNS TABLE (contact_id bigint, event bigint, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('undo contact', p_event::text);
    v_event iduo.contact_event;
    v_contact iduo.contact;
    v_before iduo.contact_event;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_event FROM iduo.contact_event e WHERE e.id = p_event AND e.by = session_user AND e.kind = 'changed';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Solo podés deshacer lo que cambiaste vos.');
    END IF;
    v_contact := iduo.lock_contact(v_event.contact_id);
    v_before := iduo.replayed_contact(p_key, v_hash);
    SELECT * INTO v_event FROM iduo.contact_event e WHERE e.id = p_event;
    contact_id := v_contact.id;
    event := coalesce(v_before.id, p_event);
    version := v_contact.version;
    replayed := v_before.id IS NOT NULL OR v_event.undone_at IS NOT NULL;
    IF NOT replayed THEN
        IF v_event.at < clock_timestamp() - interval '5 minutes' THEN
            PERFORM iduo.refuse('Ya pasaron más de 5 minutos: no se puede deshacer.');
        ELSIF v_contact.id <> v_event.contact_id OR EXISTS (SELECT FROM iduo.contact_event e WHERE e.contact_id = v_contact.id
                AND e.field = v_event.field AND e.id > p_event) OR iduo.contact_value(v_contact, v_event.field) <> v_event.after THEN
            PERFORM iduo.refuse('Ese dato cambió después: ya no se puede deshacer.');
        END IF;
        version := (iduo.put_contact_value(v_contact.id, v_event.field, v_event.before)).version;
        UPDATE iduo.contact_event e SET undone_at = clock_timestamp() WHERE e.id = p_event;
        event := iduo.add_contact_event(v_contact.id, 'undone', v_event.field, v_event.after, v_event.before, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

-- Whether one may call there (NULL: nobody said), and whether it stays in the record.
CREATE FUNCTION api.mark_contact_phone(p_contact bigint, p_phone bigint, p_safe boolean, p_removed boolean, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_hash bytea := iduo.hash('phone', p_contact::text, p_phone::text, p_safe::text, p_removed::text);
    v_phone iduo.contact_phone;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_id := (iduo.lock_contact(p_contact)).id;
    contact_id := v_id;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        UPDATE iduo.contact_phone f SET safe = p_safe, removed = coalesce(p_removed, false) WHERE f.id = p_phone AND f.contact_id = v_id
        RETURNING * INTO v_phone;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('phone', 'Ese teléfono no existe.');
        END IF;
        PERFORM iduo.add_contact_event(v_id, 'phone', '', '', v_phone.typed || ': ' || iduo.reach_word(p_safe, p_removed), p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.reach_word(p_safe boolean, p_removed boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_removed THEN 'sacado de la ficha' WHEN p_safe THEN 'es seguro' WHEN NOT p_safe THEN 'no es seguro' ELSE 'sin decir si es seguro' END
$$;

CREATE FUNCTION api.add_contact_email(p_contact bigint, p_address text, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_hash bytea := iduo.hash('email', p_contact::text, p_address);
    v_address text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_address := iduo.one_line('email', p_address, 254);
    v_id := (iduo.lock_contact(p_contact)).id;
    contact_id := v_id;
    IF v_address = '' THEN
        PERFORM iduo.refuse_field('email', 'Escribí el mail.');
    END IF;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL OR EXISTS (
        SELECT FROM iduo.contact_email m WHERE m.contact_id = v_id AND NOT m.removed AND lower(m.address) = lower(v_address));
    IF NOT replayed THEN
        IF (SELECT count(*) FROM iduo.contact_email m WHERE m.contact_id = v_id AND NOT m.removed) >= 20 THEN
            PERFORM iduo.refuse_field('email', 'Ya tiene 20 mails: sacá alguno.');
        END IF;
        INSERT INTO iduo.contact_email (contact_id, address, valid) VALUES (v_id, v_address, v_address ~ '^[^@\s]+@[^@\s]+\.[^@\s.]+$');
        PERFORM iduo.add_contact_event(v_id, 'email', '', '', v_address, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.mark_contact_email(p_contact bigint, p_email bigint, p_safe boolean, p_removed boolean, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_hash bytea := iduo.hash('mark email', p_contact::text, p_email::text, p_safe::text, p_removed::text);
    v_email iduo.contact_email;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_id := (iduo.lock_contact(p_contact)).id;
    contact_id := v_id;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        UPDATE iduo.contact_email m SET safe = p_safe, removed = coalesce(p_removed, false) WHERE m.id = p_email AND m.contact_id = v_id
        RETURNING * INTO v_email;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('email', 'Ese mail no existe.');
        END IF;
        PERFORM iduo.add_contact_event(v_id, 'email', '', '', v_email.address || ': ' || iduo.reach_word(p_safe, p_removed), p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.raise_flag(p_contact bigint, p_text text, p_until date, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_hash bytea := iduo.hash('flag', p_contact::text, p_text, p_until::text);
    v_text text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_text := iduo.one_line('text', iduo.need('text', p_text, 'Escribí qué hay que ver.', 200), 200);
    IF p_until < iduo.today() THEN
        PERFORM iduo.refuse_field('until', 'Esa fecha ya pasó.');
    ELSIF p_until > date '2999-12-31' THEN
        PERFORM iduo.refuse_field('until', 'Esa fecha no existe.');
    END IF;
    v_id := (iduo.lock_contact(p_contact)).id;
    contact_id := v_id;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        IF jsonb_array_length(iduo.flags_of(v_id)) >= 10 THEN
            PERFORM iduo.refuse_field('text', 'Ya tiene 10 avisos: bajá alguno.');
        END IF;
        INSERT INTO iduo.contact_flag (contact_id, text, until, by) VALUES (v_id, v_text, p_until, session_user);
        PERFORM iduo.add_contact_event(v_id, 'flag', '', '', v_text || coalesce(' (hasta el ' || to_char(p_until, 'DD/MM/YYYY') || ')', ''),
                                       p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.lower_flag(p_contact bigint, p_flag bigint, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_hash bytea := iduo.hash('lower flag', p_contact::text, p_flag::text);
    v_flag iduo.contact_flag;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_id := (iduo.lock_contact(p_contact)).id;
    contact_id := v_id;
    SELECT * INTO v_flag FROM iduo.contact_flag f WHERE f.id = p_flag AND f.contact_id = v_id;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese aviso no existe.');
    END IF;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL OR v_flag.lowered_at IS NOT NULL;
    IF NOT replayed THEN
        UPDATE iduo.contact_flag f SET lowered_at = clock_timestamp(), lowered_by = session_user WHERE f.id = p_flag;
        PERFORM iduo.add_contact_event(v_id, 'flag', '', v_flag.text, '', p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

-- The flags that are up: those whose day passed are not shown.
CREATE OR REPLACE FUNCTION iduo.flags_of(p_contact bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'text', f.text, 'until', f.until, 'by_name', iduo.name_of(f.by), 'at', f.at)
                              ORDER BY f.id DESC), '[]')
    FROM iduo.contact_flag f WHERE f.contact_id = p_contact AND f.lowered_at IS NULL AND (f.until IS NULL OR f.until >= iduo.today())
$$;
GRANT EXECUTE ON FUNCTION api.change_contact, api.undo_contact_change, api.mark_contact_phone, api.add_contact_email, api.mark_contact_email,
    api.raise_flag, api.lower_flag TO iduo_operator, iduo_coordinator;
RESET ROLE;
