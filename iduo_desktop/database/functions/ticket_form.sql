-- What an organisation asks of a caller besides the usual: its published form for messages, if it has one.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.ticket_form()
RETURNS TABLE (version integer, title text, fields jsonb, templates jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    RETURN QUERY
        SELECT v.id, f.title, iduo.form_fields(v.id, false, NULL), iduo.form_templates(v.id)
        FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id
        WHERE f.kind = 'ticket' AND f.active AND v.state = 'published' ORDER BY v.published_at DESC LIMIT 1;
END $$;
GRANT EXECUTE ON FUNCTION api.ticket_form TO iduo_operator, iduo_coordinator;
RESET ROLE;
