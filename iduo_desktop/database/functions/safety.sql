-- How a person is reached without danger: when, on which telephone, and what to say if somebody else answers.
SET LOCAL ROLE iduo_owner;

-- Whether a moment lies within what was written ("lun a vie 9 a 12", "después de las 18"); NULL when it is not understood word for word.
CREATE OR REPLACE FUNCTION iduo.safe_at(p_when text, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_clause text;
    v_one boolean;
    v_safe boolean;
    v_text text := regexp_replace(translate(lower(normalize(coalesce(p_when, ''), NFC)), 'áéíóúüñ', 'aeiouun'), '[\s.]+$|^\s+', '', 'g');
BEGIN
    FOREACH v_clause IN ARRAY regexp_split_to_array(v_text, '\s*[;/\n]\s*|\s+o\s+') LOOP
        v_one := iduo.safe_clause(v_clause, p_at AT TIME ZONE 'America/Argentina/Buenos_Aires');
        IF v_one IS NULL THEN
            RETURN NULL;
        END IF;
        v_safe := coalesce(v_safe, false) OR v_one;
    END LOOP;
    RETURN v_safe;
END $$;

-- One clause: its hours are taken out, then its days; what is left may be little words only.
CREATE OR REPLACE FUNCTION iduo.safe_clause(p_text text, p_at timestamp) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    c_hour text := '(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:hs|h|horas)\y\.?)?';
    v_text text := replace(replace(p_text, 'fines de semana', 'sabado y domingo'), 'fin de semana', 'sabado y domingo');
    v_hours integer[] := '{}';  -- from, to, from, to … in minutes
    v_days integer[] := '{}';
    v_now integer := extract(hour FROM p_at) * 60 + extract(minute FROM p_at);
    m text[];
BEGIN
    v_text := regexp_replace(regexp_replace(v_text, '\mdias habiles\M|\mhabiles\M', 'lunes a viernes', 'g'), '\mtodos los dias\M', 'lunes a domingo', 'g');
    v_text := regexp_replace(v_text, 'entre (?:las )?' || c_hour || '\s*y\s*(?:las )?' || c_hour, ' \1:\2 a \3:\4 ', 'g');
    v_text := regexp_replace(v_text, '(\d{1,2}):(?=\D)', '\1:00', 'g');
    FOR m IN SELECT regexp_matches(v_text, c_hour || '\s*(?:a|-|hasta)\s*(?:las )?' || c_hour, 'g') LOOP
        v_hours := v_hours || (m[1]::integer * 60 + coalesce(m[2], '0')::integer) || (m[3]::integer * 60 + coalesce(m[4], '0')::integer);
    END LOOP;
    v_text := regexp_replace(v_text, c_hour || '\s*(?:a|-|hasta)\s*(?:las )?' || c_hour, ' ', 'g');
    FOR m IN SELECT regexp_matches(v_text, '\m(despues de|desde|a partir de|antes de|hasta)\s+(?:las? )?' || c_hour, 'g') LOOP
        v_hours := v_hours || CASE WHEN m[1] IN ('antes de', 'hasta') THEN ARRAY[0, m[2]::integer * 60 + coalesce(m[3], '0')::integer]
                                   ELSE ARRAY[m[2]::integer * 60 + coalesce(m[3], '0')::integer, 1440] END;
    END LOOP;
    v_text := regexp_replace(v_text, '\m(despues de|desde|a partir de|antes de|hasta)\s+(?:las? )?' || c_hour, ' ', 'g');
    v_hours := v_hours || CASE WHEN v_text ~ '\mmananas?\M' THEN ARRAY[360, 720] ELSE '{}' END || CASE WHEN v_text ~ '\mtardes?\M' THEN ARRAY[720, 1200] ELSE '{}' END
        || CASE WHEN v_text ~ '\mnoches?\M' THEN ARRAY[1200, 1440] ELSE '{}' END;
    FOR m IN SELECT regexp_matches(v_text, '\m(lun|mar|mie|jue|vie|sab|dom)[a-z]*\s*(?:a|al|-)\s*(lun|mar|mie|jue|vie|sab|dom)', 'g') LOOP
        v_days := v_days || ARRAY(SELECT 1 + (iduo.weekday(m[1]) - 1 + n) % 7 FROM generate_series(0, (iduo.weekday(m[2]) - iduo.weekday(m[1]) + 7) % 7) n);
    END LOOP;
    v_days := v_days || ARRAY(SELECT iduo.weekday(d[1]) FROM regexp_matches(v_text, '\m(lun|mar|mie|jue|vie|sab|dom)', 'g') d);
    v_text := regexp_replace(v_text, '\m(lun(es)?|mar(tes)?|mie(rcoles)?|jue(ves)?|vie(rnes)?|sab(ado)?s?|dom(ingo)?s?|mananas?|tardes?|noches?)\M', ' ', 'g');
    IF v_text !~ '^(\s|[,.:-]|\m(de|del|los|las|la|el|y|e|a|al|por|en|solo|solamente|hs|h|horas|dias)\M)*$'
        OR v_hours = '{}' AND v_days = '{}' OR 1440 < ANY (v_hours) THEN
        RETURN NULL;
    END IF;
    RETURN (v_days = '{}' OR extract(isodow FROM p_at)::integer = ANY (v_days)) AND (v_hours = '{}' OR EXISTS (
        SELECT FROM generate_series(1, cardinality(v_hours), 2) i
        WHERE CASE WHEN v_hours[i] <= v_hours[i + 1] THEN v_now >= v_hours[i] AND v_now < v_hours[i + 1]
                   ELSE v_now >= v_hours[i] OR v_now < v_hours[i + 1] END));
END $$;

CREATE OR REPLACE FUNCTION iduo.weekday(p_word text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT array_position(ARRAY['lun', 'mar', 'mie', 'jue', 'vie', 'sab', 'dom'], left(p_word, 3)) $$;

-- A call to somebody outside the hours in which it is safe, or who is not to be contacted, takes a reason. What was promised is not too often.
CREATE OR REPLACE FUNCTION iduo.need_safe(p_contact bigint, p_direction text, p_at timestamptz, p_reason text) RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_when text := (SELECT n.safe_when FROM iduo.contact n WHERE n.id = p_contact);
    l record;
BEGIN
    IF length(p_reason) > 500 THEN
        PERFORM iduo.refuse_field('safe_reason', 'El texto es demasiado largo: como mucho 500 caracteres.');
    ELSIF p_direction = 'outbound' AND iduo.blank(p_reason) AND NOT iduo.safe_at(v_when, p_at) THEN
        PERFORM iduo.refuse_field('safe_reason', format('Solo se le puede llamar «%s». Cambiá la hora, o escribí por qué va igual.', v_when));
    END IF;
    IF p_direction = 'outbound' AND iduo.blank(p_reason) AND p_contact IS NOT NULL THEN
        SELECT * INTO l FROM iduo.listed(NULL, p_contact, '', 'call', 'service', p_at);
        IF l.hinders THEN
            PERFORM iduo.refuse_field('safe_reason', format('No hay que contactarlo: %s. Escribí por qué va igual.', l.what));
        END IF;
    END IF;
    RETURN btrim(coalesce(p_reason, ''));
END $$;

-- The rules in a sentence each, as they were written.
CREATE OR REPLACE FUNCTION iduo.safe_words(p_contact iduo.contact) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT concat_ws(' · ', 'Cuándo: ' || nullif(p_contact.safe_when, ''), 'Dónde: ' || nullif(p_contact.safe_where, ''),
                     'Si atiende otra persona: ' || nullif(p_contact.safe_words, ''))
$$;

-- The telephone to call: one that is safe, else one of which nobody said anything, never one that is not; without a person, his company's.
CREATE OR REPLACE FUNCTION iduo.phone_to_call(p_contact bigint, p_company bigint, OUT typed text, OUT e164 text)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF p_contact IS NOT NULL THEN
        SELECT f.typed, f.e164 INTO typed, e164 FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND NOT f.removed AND f.safe IS NOT FALSE
        ORDER BY f.safe NULLS LAST, f.valid DESC, f.id LIMIT 1;
    ELSE
        SELECT f.typed, f.e164 INTO typed, e164 FROM iduo.company_phone f WHERE f.company_id = p_company AND NOT f.removed ORDER BY f.valid DESC, f.id LIMIT 1;
    END IF;
    typed := coalesce(typed, '');
END $$;
RESET ROLE;
