-- What contacts can end in.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.dispositions()
RETURNS TABLE (id integer, label text, digit integer, reached boolean, final boolean, promise boolean, callback boolean,
               wrong_number boolean, do_not_contact boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT d.id, d.label, d.digit::integer, d.reached, d.final, d.promise, d.callback, d.wrong_number, d.do_not_contact
        FROM iduo.disposition d WHERE d.active ORDER BY d.position, d.id;
END $$;
GRANT EXECUTE ON FUNCTION api.dispositions TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
