SET LOCAL ROLE iduo_owner;
ALTER TABLE iduo.form_version ADD COLUMN edits INTEGER DEFAULT '0' NOT NULL;
-- a form whose only draft was discarded could not be opened again
INSERT INTO iduo.form_version (form_id, state) SELECT f.id, 'draft' FROM iduo.form f
    WHERE NOT EXISTS (SELECT FROM iduo.form_version v WHERE v.form_id = f.id);

ALTER TABLE iduo.form ADD COLUMN verification BOOLEAN DEFAULT false NOT NULL;
UPDATE iduo.form SET verification = true WHERE id = (
    SELECT min(v.form_id) FROM iduo.form_field d JOIN iduo.form_version v ON v.id = d.version_id JOIN iduo.form f ON f.id = v.form_id
    WHERE f.kind = 'survey' AND d.key = 'verified' AND d.kind = 'yes_no');
CREATE UNIQUE INDEX form_verification_index ON iduo.form (verification) WHERE verification;

ALTER TABLE iduo.promotion ADD COLUMN key UUID CONSTRAINT promotion_key_key UNIQUE;

ALTER TABLE iduo.attempt ALTER COLUMN disposition_id DROP NOT NULL;
ALTER TABLE iduo.attempt ADD COLUMN promotion_id INTEGER CONSTRAINT attempt_promotion_id_fkey REFERENCES iduo.promotion (id);
ALTER TABLE iduo.attempt ADD COLUMN promotion_answer TEXT
    CONSTRAINT attempt_promotion_answer_word_check CHECK (promotion_answer IN ('offered', 'accepted', 'declined'));
ALTER TABLE iduo.attempt ADD COLUMN counted BOOLEAN DEFAULT true NOT NULL;
ALTER TABLE iduo.attempt ADD CONSTRAINT attempt_result_check CHECK (num_nonnulls(disposition_id, promotion_id) = 1);
ALTER TABLE iduo.attempt ADD CONSTRAINT attempt_promotion_check CHECK ((promotion_id IS NULL) = (promotion_answer IS NULL));
CREATE INDEX attempt_promotion_index ON iduo.attempt (company_id, promotion_id, id) WHERE promotion_id IS NOT NULL;
DROP INDEX iduo.attempt_pressure_index;
CREATE INDEX attempt_pressure_index ON iduo.attempt (company_id, at) INCLUDE (channel) WHERE direction = 'outbound' AND undone_at IS NULL AND counted;

CREATE INDEX closing_event_index ON iduo.closing (event_id);
CREATE INDEX closing_version_index ON iduo.closing (form_version_id);
RESET ROLE;
