-- Whether a definition that an administrator made can work; each refusal names the field it is about.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.check_definition(p_definition jsonb, p_kind text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    d jsonb;
    v_seen text[] := '{}';
BEGIN
    IF jsonb_typeof(p_definition -> 'fields') IS DISTINCT FROM 'array' OR octet_length(p_definition::text) > 500000 THEN
        PERFORM iduo.refuse('El formulario no se entiende o es demasiado grande.');
    ELSIF jsonb_array_length(p_definition -> 'fields') > 60 THEN
        PERFORM iduo.refuse('Un formulario lleva como mucho 60 campos.');
    END IF;
    FOR d IN SELECT * FROM jsonb_array_elements(p_definition -> 'fields') LOOP
        PERFORM iduo.check_field(d, p_definition -> 'fields', v_seen, p_kind);
        v_seen := v_seen || (d ->> 'key');
    END LOOP;
    PERFORM iduo.check_templates(p_definition);
END $$;

CREATE OR REPLACE FUNCTION iduo.check_field(d jsonb, p_fields jsonb, p_seen text[], p_kind text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_key text := d ->> 'key';
    v_label text := coalesce(btrim(d ->> 'label'), '');
BEGIN
    IF v_key IS NULL OR v_key !~ '^[a-z][a-z0-9_]{0,39}$' THEN
        PERFORM iduo.refuse('Un campo no tiene clave: agregalo de nuevo.');
    ELSIF v_label = '' OR length(v_label) > 120 THEN
        PERFORM iduo.refuse_field(v_key, 'Ponele un nombre al campo, de hasta 120 letras.');
    ELSIF v_key = ANY (p_seen) THEN
        PERFORM iduo.refuse_field(v_key, format('El campo «%s» está dos veces.', v_label));
    ELSIF d ->> 'kind' IS NULL OR d ->> 'kind' NOT IN ('text', 'long_text', 'choice', 'several', 'number', 'money', 'date', 'time', 'yes_no', 'phone') THEN
        PERFORM iduo.refuse_field(v_key, format('Elegí qué guarda «%s».', v_label));
    ELSIF coalesce(d ->> 'part', 'closing') NOT IN ('closing', 'future') THEN
        PERFORM iduo.refuse_field(v_key, format('Elegí en qué parte va «%s».', v_label));
    ELSIF length(coalesce(d ->> 'help', '')) > 300 THEN
        PERFORM iduo.refuse_field(v_key, format('La ayuda de «%s» es demasiado larga: como mucho 300 caracteres.', v_label));
    ELSIF coalesce(d ->> 'max_length', '200') !~ '^\d{1,4}$' OR (coalesce(d ->> 'max_length', '200'))::integer NOT BETWEEN 1 AND 4000 THEN
        PERFORM iduo.refuse_field(v_key, format('El largo de «%s» va de 1 a 4000.', v_label));
    ELSIF v_key = 'next_date' AND d ->> 'kind' <> 'date' OR v_key = 'next_time' AND d ->> 'kind' <> 'time' THEN
        PERFORM iduo.refuse_field(v_key, format('«%s» agenda el próximo contacto: no puede cambiar de tipo.', v_label));
    END IF;
    IF d ->> 'kind' IN ('choice', 'several') THEN
        PERFORM iduo.check_options(d, v_key, v_label);
    END IF;
    PERFORM iduo.check_dependence(d, p_fields, p_seen, v_key, v_label);
END $$;

CREATE OR REPLACE FUNCTION iduo.check_options(d jsonb, p_key text, p_label text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_options jsonb := coalesce(d -> 'options', '[]');
BEGIN
    IF jsonb_typeof(v_options) <> 'array' OR jsonb_array_length(v_options) > 200 THEN
        PERFORM iduo.refuse_field(p_key, format('«%s» lleva como mucho 200 opciones.', p_label));
    ELSIF NOT EXISTS (SELECT FROM jsonb_array_elements(v_options) o WHERE coalesce((o ->> 'active')::boolean, true)) THEN
        PERFORM iduo.refuse_field(p_key, format('«%s» necesita al menos una opción.', p_label));
    ELSIF EXISTS (SELECT FROM jsonb_array_elements(v_options) o WHERE o ->> 'key' IS NULL OR o ->> 'key' !~ '^[a-z][a-z0-9_]{0,39}$'
                  OR btrim(coalesce(o ->> 'label', '')) = '' OR length(o ->> 'label') > 120
                  OR o ->> 'digit' !~ '^[1-9]$' OR jsonb_typeof(coalesce(o -> 'parents', '[]')) <> 'array'
                  OR jsonb_typeof(coalesce(o -> 'lists', '[]')) <> 'array' OR NOT coalesce(o -> 'lists', '[]') <@ '["active", "suspended", "delinquent", "withdrawn"]') THEN
        PERFORM iduo.refuse_field(p_key, format('Una opción de «%s» no tiene nombre o no se entiende.', p_label));
    ELSIF EXISTS (SELECT FROM jsonb_array_elements(v_options) o GROUP BY o ->> 'key' HAVING count(*) > 1)
       OR EXISTS (SELECT FROM jsonb_array_elements(v_options) o WHERE coalesce((o ->> 'active')::boolean, true)
                  GROUP BY iduo.fold(o ->> 'label'), o -> 'parents' HAVING count(*) > 1) THEN
        PERFORM iduo.refuse_field(p_key, format('Una opción de «%s» está dos veces.', p_label));
    ELSIF EXISTS (SELECT FROM jsonb_array_elements(v_options) o WHERE o ->> 'digit' IS NOT NULL AND coalesce((o ->> 'active')::boolean, true)
                  GROUP BY o ->> 'digit' HAVING count(*) > 1) THEN
        PERFORM iduo.refuse_field(p_key, format('Dos opciones de «%s» tienen la misma tecla.', p_label));
    END IF;
END $$;

-- A field may depend only on one that comes before it, so that nothing goes in circles.
CREATE OR REPLACE FUNCTION iduo.check_dependence(d jsonb, p_fields jsonb, p_seen text[], p_key text, p_label text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_on text;
    v_parent jsonb;
BEGIN
    FOREACH v_on IN ARRAY ARRAY[d ->> 'required_if_field', d ->> 'options_if_field'] LOOP
        CONTINUE WHEN coalesce(v_on, '') = '';
        SELECT x INTO v_parent FROM jsonb_array_elements(p_fields) x WHERE x ->> 'key' = v_on;
        IF NOT v_on = ANY (p_seen) THEN
            PERFORM iduo.refuse_field(p_key, format('«%s» depende de un campo que no está antes en el formulario.', p_label));
        ELSIF v_parent ->> 'kind' NOT IN ('choice', 'several') AND NOT (v_parent ->> 'kind' = 'yes_no' AND v_on = d ->> 'required_if_field') THEN
            PERFORM iduo.refuse_field(p_key, format('«%s» solo puede depender de una lista.', p_label));
        END IF;
    END LOOP;
    IF coalesce(d ->> 'options_if_field', '') <> '' AND (d ->> 'kind' <> 'choice' OR v_parent ->> 'kind' = 'yes_no') THEN
        PERFORM iduo.refuse_field(p_key, format('Solo una lista puede ofrecer opciones según otra, y «%s» no puede.', p_label));
    END IF;
    IF coalesce(d ->> 'required_if_field', '') <> '' AND jsonb_array_length(coalesce(d -> 'required_if_values', '[]')) = 0 THEN
        PERFORM iduo.refuse_field(p_key, format('Elegí con qué respuestas es obligatorio «%s».', p_label));
    END IF;
END $$;

-- Whether a template's value, which is text, can be the answer of a field; several options are a JSON list.
CREATE OR REPLACE FUNCTION iduo.fits_field(d jsonb, p_value text) RETURNS boolean
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_options jsonb := (SELECT coalesce(jsonb_agg(o -> 'key'), '[]') FROM jsonb_array_elements(coalesce(d -> 'options', '[]')) o);
BEGIN
    IF d ->> 'kind' = 'choice' THEN
        RETURN v_options @> to_jsonb(ARRAY[p_value]);
    ELSIF d ->> 'kind' = 'several' THEN
        RETURN coalesce(pg_input_is_valid(p_value, 'jsonb'), false) AND (
            CASE WHEN pg_input_is_valid(p_value, 'jsonb') THEN jsonb_typeof(p_value::jsonb) = 'array' AND v_options @> p_value::jsonb END);
    ELSIF d ->> 'kind' = 'yes_no' THEN
        RETURN coalesce(p_value IN ('true', 'false'), false);
    END IF;
    RETURN iduo.value_problem(jsonb_populate_record(NULL::iduo.form_field, d - 'options' - 'required_if_values'), to_jsonb(p_value)) IS NULL;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_templates(p_definition jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    t jsonb;
BEGIN
    IF jsonb_typeof(coalesce(p_definition -> 'templates', '[]')) <> 'array' OR jsonb_array_length(coalesce(p_definition -> 'templates', '[]')) > 9 THEN
        PERFORM iduo.refuse('Hay lugar para nueve cierres rápidos, del 1 al 9.');
    END IF;
    FOR t IN SELECT * FROM jsonb_array_elements(coalesce(p_definition -> 'templates', '[]')) LOOP
        IF coalesce(t ->> 'digit', '') !~ '^[1-9]$' OR btrim(coalesce(t ->> 'label', '')) = '' OR length(t ->> 'label') > 80 THEN
            PERFORM iduo.refuse('Un cierre rápido no tiene nombre o tecla.');
        ELSIF (SELECT count(*) FROM jsonb_array_elements(p_definition -> 'templates') x WHERE x ->> 'digit' = t ->> 'digit') > 1 THEN
            PERFORM iduo.refuse(format('Dos cierres rápidos tienen la tecla %s.', t ->> 'digit'));
        ELSIF EXISTS (SELECT FROM jsonb_array_elements(coalesce(t -> 'values', '[]')) v WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(p_definition -> 'fields') d WHERE d ->> 'key' = v ->> 'field' AND iduo.fits_field(d, v ->> 'value'))) THEN
            PERFORM iduo.refuse(format('El cierre rápido «%s» llena un campo o una opción que ya no está, o con algo que no entra.', t ->> 'label'));
        END IF;
    END LOOP;
END $$;
RESET ROLE;
