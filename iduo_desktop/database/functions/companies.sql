-- Clients' data corrected in place; what an operator corrected is not overwritten by the next import.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.correct_company(p_company bigint, p_field text, p_value text, p_version integer, p_key uuid)
RETURNS TABLE (company_id bigint, version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_company iduo.company;
    v_value text := btrim(coalesce(p_value, ''));
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_company := iduo.lock_company(p_company);
    IF p_field IS NULL OR p_field NOT IN ('street', 'locality', 'province', 'note') THEN
        PERFORM iduo.refuse('Ese dato no se corrige acá.');
    ELSIF length(v_value) > (CASE p_field WHEN 'street' THEN 200 WHEN 'locality' THEN 120 WHEN 'province' THEN 80 ELSE 2000 END) THEN
        PERFORM iduo.refuse_field(p_field, 'El texto es demasiado largo.');
    ELSIF to_jsonb(v_company) ->> p_field = v_value THEN
        -- asked again, or nothing to do
        RETURN QUERY SELECT p_company, v_company.version;
        RETURN;
    ELSIF v_company.version IS DISTINCT FROM p_version THEN
        PERFORM iduo.refuse_field(p_field, 'Otra persona corrigió estos datos recién. Fijate cómo quedaron y guardá de nuevo.');
    END IF;
    RETURN QUERY UPDATE iduo.company c SET
        street = CASE p_field WHEN 'street' THEN v_value ELSE c.street END,
        locality = CASE p_field WHEN 'locality' THEN v_value ELSE c.locality END,
        province = CASE p_field WHEN 'province' THEN v_value ELSE c.province END,
        note = CASE p_field WHEN 'note' THEN v_value ELSE c.note END,
        corrected = ARRAY(SELECT DISTINCT x FROM unnest(c.corrected || p_field) x ORDER BY x), version = c.version + 1
    WHERE c.id = p_company RETURNING c.id, c.version;
END $$;

CREATE OR REPLACE FUNCTION iduo.lock_company(p_company bigint) RETURNS iduo.company
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_company iduo.company;
BEGIN
    SELECT * INTO v_company FROM iduo.company c WHERE c.id = p_company FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese cliente no existe.');
    END IF;
    PERFORM iduo.count_command();  -- whoever writes what he guesses learns whether it is so
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN v_company;
END $$;

-- Add (p_phone NULL), correct, or take away (p_typed empty). Adding the same number twice adds it once.
CREATE FUNCTION api.save_company_phone(p_company bigint, p_phone bigint, p_typed text, p_e164 text, p_search_key text, p_kind text,
                                       p_valid boolean, p_key uuid)
RETURNS TABLE (company_id bigint, version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_typed text := btrim(coalesce(p_typed, ''));
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.lock_company(p_company);
    IF length(v_typed) > 60 OR length(p_e164) > 20 OR length(p_search_key) > 20 OR length(p_kind) > 20
        OR p_search_key !~ '^\d*$' OR p_e164 !~ '^\+\d+$' THEN
        PERFORM iduo.refuse_field('phone', 'Ese teléfono no se entiende.');
    ELSIF p_phone IS NULL AND v_typed = '' THEN
        PERFORM iduo.refuse_field('phone', 'Escribí el teléfono.');
    ELSIF p_phone IS NULL THEN
        IF (SELECT count(*) FROM iduo.company_phone f WHERE f.company_id = p_company AND NOT f.removed) >= 20 THEN
            PERFORM iduo.refuse_field('phone', 'Ya tiene 20 teléfonos: sacá alguno.');
        END IF;
        INSERT INTO iduo.company_phone (company_id, typed, e164, search_key, kind, valid)
        SELECT p_company, v_typed, p_e164, coalesce(p_search_key, ''), coalesce(p_kind, ''), coalesce(p_valid, false)
        WHERE NOT EXISTS (SELECT FROM iduo.company_phone f WHERE f.company_id = p_company AND NOT f.removed
                          AND (f.typed = v_typed OR f.search_key = p_search_key AND p_search_key <> ''));
    ELSE
        UPDATE iduo.company_phone f SET removed = (v_typed = ''), typed = CASE v_typed WHEN '' THEN f.typed ELSE v_typed END,
            e164 = CASE v_typed WHEN '' THEN f.e164 ELSE p_e164 END, search_key = CASE v_typed WHEN '' THEN f.search_key ELSE coalesce(p_search_key, '') END,
            kind = CASE v_typed WHEN '' THEN f.kind ELSE coalesce(p_kind, '') END, valid = CASE v_typed WHEN '' THEN f.valid ELSE coalesce(p_valid, false) END
        WHERE f.id = p_phone AND f.company_id = p_company;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('phone', 'Ese teléfono no existe.');
        END IF;
    END IF;
    RETURN QUERY SELECT c.id, c.version FROM iduo.company c WHERE c.id = p_company;
END $$;

CREATE FUNCTION api.save_company_email(p_company bigint, p_email bigint, p_address text, p_valid boolean, p_key uuid)
RETURNS TABLE (company_id bigint, version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_address text := btrim(coalesce(p_address, ''));
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.lock_company(p_company);
    IF length(v_address) > 254 OR p_email IS NULL AND v_address = '' THEN
        PERFORM iduo.refuse_field('email', 'Escribí la dirección de mail.');
    ELSIF p_email IS NULL THEN
        IF (SELECT count(*) FROM iduo.company_email m WHERE m.company_id = p_company AND NOT m.removed) >= 20 THEN
            PERFORM iduo.refuse_field('email', 'Ya tiene 20 direcciones: sacá alguna.');
        END IF;
        INSERT INTO iduo.company_email (company_id, address, valid)
        SELECT p_company, v_address, coalesce(p_valid, false)
        WHERE NOT EXISTS (SELECT FROM iduo.company_email m WHERE m.company_id = p_company AND NOT m.removed AND lower(m.address) = lower(v_address));
    ELSE
        UPDATE iduo.company_email m SET removed = (v_address = ''), address = CASE v_address WHEN '' THEN m.address ELSE v_address END,
            valid = CASE v_address WHEN '' THEN m.valid ELSE coalesce(p_valid, false) END
        WHERE m.id = p_email AND m.company_id = p_company;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('email', 'Esa dirección no existe.');
        END IF;
    END IF;
    RETURN QUERY SELECT c.id, c.version FROM iduo.company c WHERE c.id = p_company;
END $$;
GRANT EXECUTE ON FUNCTION api.correct_company, api.save_company_phone, api.save_company_email TO iduo_operator, iduo_coordinator;
RESET ROLE;
