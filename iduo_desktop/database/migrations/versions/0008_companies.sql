SET LOCAL ROLE iduo_owner;

ALTER TABLE iduo.batch DROP CONSTRAINT batch_kind_word_check,
    ADD CONSTRAINT batch_kind_word_check CHECK (kind IN ('clients', 'companies'));

-- what their work is done by has other names or other parameters now
DROP FUNCTION IF EXISTS iduo.judge_clients(bigint);
DROP FUNCTION IF EXISTS iduo.refuse_unfit_clients(bigint);
DROP FUNCTION IF EXISTS iduo.skip_held_clients(bigint);
DROP FUNCTION IF EXISTS iduo.link_call(bigint, text);
RESET ROLE;
