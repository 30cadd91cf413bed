-- How names are compared and sorted. Stored columns are computed with these, so a change of meaning needs a migration.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.fold(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = '' AS $$
    SELECT btrim(regexp_replace(
        translate(lower(normalize(p_text, NFC)), 'áéíóúüñàèìòùâêîôûäëïöçãõ''’`´', 'aeiouunaeiouaeiouaeiocao'),
        '[^a-z0-9]+', ' ', 'g'))
$$;

CREATE OR REPLACE FUNCTION iduo.sort_key(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = '' AS $$
    -- ñ follows n; the comma stays lowest, so that PAZ comes before PAZOS
    SELECT btrim(regexp_replace(
        replace(translate(lower(normalize(p_text, NFC)), 'áéíóúüàèìòùâêîôûäëïöçãõ', 'aeiouuaeiouaeiouaeiocao'), 'ñ', 'n~'),
        '[^a-z0-9~,]+', ' ', 'g'))
$$;
RESET ROLE;
GRANT EXECUTE ON FUNCTION iduo.fold(text), iduo.sort_key(text) TO iduo_search, iduo_useradmin, iduo_audit;
