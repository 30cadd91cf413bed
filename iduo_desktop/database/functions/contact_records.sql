-- Records of persons: who they are and how they are reached, changed one thing at a time, each change in the history and taken back.
SET LOCAL ROLE iduo_owner;

-- Lock a person; one who was merged into another is the other.
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
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN v_contact;
END $$;
RESET ROLE;
