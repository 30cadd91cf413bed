-- The organisation's settings: what each means, its limits, the value it ships with, and who changed it.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.settings()
RETURNS TABLE (name text, part text, kind text, value text, shipped text, meaning text, minimum integer, maximum integer,
               choices text[], changed_at timestamptz, changed_by text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT s.name, s.part, s.kind, s.value #>> '{}', s.shipped #>> '{}', s.meaning, s.minimum, s.maximum, s.choices, s.changed_at, iduo.name_of(s.changed_by)
        FROM iduo.setting s ORDER BY s.part, s.position, s.name;
END $$;

CREATE FUNCTION api.save_setting(p_name text, p_value text)
RETURNS TABLE (name text, value text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_setting iduo.setting;
    v_value text := btrim(coalesce(p_value, ''));
BEGIN
    PERFORM iduo.require('admin');
    SELECT * INTO v_setting FROM iduo.setting s WHERE s.name = p_name FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese ajuste no existe.');
    ELSIF v_setting.kind = 'number' AND (v_value !~ '^\d{1,6}$' OR (CASE WHEN v_value ~ '^\d{1,6}$' THEN v_value::integer END)
                                         NOT BETWEEN v_setting.minimum AND v_setting.maximum) THEN
        PERFORM iduo.refuse_field(p_name, format('Tiene que ser un número entre %s y %s.', v_setting.minimum, v_setting.maximum));
    ELSIF v_setting.kind = 'yes_no' AND v_value NOT IN ('true', 'false') THEN
        PERFORM iduo.refuse_field(p_name, 'Elegí sí o no.');
    ELSIF v_setting.kind = 'choice' AND NOT v_value = ANY (v_setting.choices) THEN
        PERFORM iduo.refuse_field(p_name, 'Elegí una de las opciones.');
    ELSIF v_setting.kind = 'text' AND length(v_value) NOT BETWEEN v_setting.minimum AND v_setting.maximum THEN
        PERFORM iduo.refuse_field(p_name, format('Tiene que tener entre %s y %s caracteres.', v_setting.minimum, v_setting.maximum));
    ELSIF p_name IN ('minimum_client', 'recommended_client') AND v_value !~ '^\d{1,4}\.\d{1,4}\.\d{1,4}$' OR p_name = 'area_code' AND v_value !~ '^\d{2,4}$' THEN
        PERFORM iduo.refuse_field(p_name, CASE p_name WHEN 'area_code' THEN 'El código de área lleva de 2 a 4 números, sin el 0.' ELSE 'Una versión se escribe así: 1.2.3' END);
    ELSIF p_name = 'batch_mail_at' AND v_value !~ '^([01]\d|2[0-3]):[0-5]\d$' THEN
        PERFORM iduo.refuse_field(p_name, 'La hora se escribe así: 18:00.');
    ELSIF p_name = 'batch_mail_to' AND cardinality(iduo.addresses_in(v_value)) <> (
        SELECT count(*) FROM regexp_split_to_table(v_value, '[\s,;]+') a WHERE a <> '') THEN
        PERFORM iduo.refuse_field(p_name, 'Alguna de esas direcciones no está bien escrita. Separalas con comas.');
    ELSIF p_name = 'mail_domain' AND v_value !~ '^[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+$' THEN
        PERFORM iduo.refuse_field(p_name, 'Un dominio se escribe así: ejemplo.com.ar');
    END IF;
    RETURN QUERY UPDATE iduo.setting s SET changed_at = clock_timestamp(), changed_by = session_user,
        value = CASE v_setting.kind WHEN 'number' THEN to_jsonb(v_value::integer) WHEN 'yes_no' THEN to_jsonb(v_value::boolean) ELSE to_jsonb(v_value) END
    WHERE s.name = p_name RETURNING s.name, s.value #>> '{}';
END $$;

-- Several at once, all or none: [{"name": "area_code", "value": "341"}, …].
CREATE FUNCTION api.save_settings(p_values jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM api.save_setting(x.name, x.value)
    FROM (SELECT * FROM jsonb_to_recordset(coalesce(p_values, '[]')) AS v(name text, value text) ORDER BY v.name) x;
END $$;

-- From the audit log: when it was changed, by whom, from what to what.
CREATE FUNCTION api.setting_history(p_name text)
RETURNS TABLE (at timestamptz, by_name text, before text, after text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT e.at, coalesce(iduo.name_of(e.actor), e.actor), e.before -> 'value' #>> '{}', e.after -> 'value' #>> '{}'
        FROM audit.entry e WHERE e.table_name = 'setting' AND e.row_key = p_name AND e.operation = 'UPDATE' ORDER BY e.id DESC LIMIT 100;
END $$;

CREATE FUNCTION api.contact_scales()
RETURNS TABLE (purpose text, window_days integer, weight_call numeric, weight_whatsapp numeric, weight_email numeric, weight_sms numeric,
               weight_chat numeric, limit_1 integer, limit_2 integer, limit_3 integer, limit_4 integer, limit_5 integer, daily_limit integer,
               weekly_limit integer, gap_hours integer, holidays_quiet boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT p.purpose, p.window_days::integer, p.weight_call, p.weight_whatsapp, p.weight_email, p.weight_sms, p.weight_chat,
            p.limit_1::integer, p.limit_2::integer, p.limit_3::integer, p.limit_4::integer, p.limit_5::integer, p.daily_limit::integer,
            p.weekly_limit::integer, p.gap_hours::integer, p.holidays_quiet
        FROM iduo.contact_policy p ORDER BY p.purpose;
END $$;

CREATE FUNCTION api.save_contact_scale(p_purpose text, p_window_days integer, p_weights numeric[], p_limits integer[], p_daily_limit integer,
                                       p_weekly_limit integer DEFAULT NULL, p_gap_hours integer DEFAULT 0, p_holidays_quiet boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    IF p_window_days IS NULL OR p_window_days NOT BETWEEN 1 AND 90 THEN
        PERFORM iduo.refuse_field('window_days', 'La ventana va de 1 a 90 días.');
    ELSIF cardinality(p_weights) IS DISTINCT FROM 5 OR EXISTS (SELECT FROM unnest(p_weights) w WHERE w IS NULL OR w = 'NaN' OR w NOT BETWEEN 0 AND 10) THEN
        PERFORM iduo.refuse_field('weights', 'El peso de cada medio va de 0 a 10.');
    ELSIF cardinality(p_limits) IS DISTINCT FROM 5 OR NOT coalesce(p_limits[1] BETWEEN 1 AND 999 AND p_limits[1] < p_limits[2] AND p_limits[2] < p_limits[3]
          AND p_limits[3] < p_limits[4] AND p_limits[4] < p_limits[5] AND p_limits[5] < 1000, false) THEN
        PERFORM iduo.refuse_field('limits', 'Cada nivel empieza con más contactos que el anterior.');
    ELSIF p_daily_limit NOT BETWEEN 1 AND 99 THEN
        PERFORM iduo.refuse_field('daily_limit', 'El máximo por día va de 1 a 99, o queda vacío.');
    ELSIF p_weekly_limit NOT BETWEEN 1 AND 999 OR p_weekly_limit < p_daily_limit THEN
        PERFORM iduo.refuse_field('weekly_limit', 'El máximo por semana va de 1 a 999 y no es menor que el del día, o queda vacío.');
    ELSIF coalesce(p_gap_hours, 0) NOT BETWEEN 0 AND 720 THEN
        PERFORM iduo.refuse_field('gap_hours', 'El descanso después de hablar va de 0 a 720 horas.');
    END IF;
    UPDATE iduo.contact_policy p SET window_days = p_window_days, weight_call = p_weights[1], weight_whatsapp = p_weights[2],
        weight_email = p_weights[3], weight_sms = p_weights[4], weight_chat = p_weights[5], limit_1 = p_limits[1], limit_2 = p_limits[2],
        limit_3 = p_limits[3], limit_4 = p_limits[4], limit_5 = p_limits[5], daily_limit = p_daily_limit,
        weekly_limit = p_weekly_limit, gap_hours = coalesce(p_gap_hours, 0), holidays_quiet = coalesce(p_holidays_quiet, false)
    WHERE p.purpose = p_purpose;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa finalidad no existe.');
    END IF;
END $$;

-- Several at once, all or none: a JSON list of rows as contact_scales gives them. A refusal names the purpose, as in collection.limits.
CREATE FUNCTION api.save_contact_scales(p_scales jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    s record;
    v_field text;
BEGIN
    PERFORM iduo.require('admin');
    FOR s IN SELECT * FROM jsonb_to_recordset(coalesce(p_scales, '[]')) AS x(
        purpose text, window_days integer, weight_call numeric, weight_whatsapp numeric, weight_email numeric, weight_sms numeric,
        weight_chat numeric, limit_1 integer, limit_2 integer, limit_3 integer, limit_4 integer, limit_5 integer, daily_limit integer,
        weekly_limit integer, gap_hours integer, holidays_quiet boolean) ORDER BY x.purpose
    LOOP
        BEGIN
            PERFORM api.save_contact_scale(s.purpose, s.window_days,
                ARRAY[s.weight_call, s.weight_whatsapp, s.weight_email, s.weight_sms, s.weight_chat],
                ARRAY[s.limit_1, s.limit_2, s.limit_3, s.limit_4, s.limit_5], s.daily_limit, s.weekly_limit, s.gap_hours, s.holidays_quiet);
        EXCEPTION WHEN SQLSTATE 'IU002' THEN
            GET STACKED DIAGNOSTICS v_field = PG_EXCEPTION_DETAIL;
            PERFORM iduo.refuse_field(s.purpose || '.' || v_field, SQLERRM);
        END;
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION api.settings, api.save_setting, api.save_settings, api.setting_history, api.contact_scales, api.save_contact_scale,
    api.save_contact_scales TO iduo_admin;
RESET ROLE;
