SET LOCAL ROLE iduo_owner;

ALTER TABLE iduo.staff ADD COLUMN service BOOLEAN DEFAULT false NOT NULL;
-- who signs what is sent and brought in at night
INSERT INTO iduo.staff (login, full_name, must_change_password, service) VALUES ('iduo_job', 'Proceso nocturno', false, true);

ALTER TABLE iduo.receipt DROP CONSTRAINT receipt_what_word_check,
    ADD CONSTRAINT receipt_what_word_check CHECK (what IN ('audit', 'person', 'erase', 'assistants', 'export')),
    DROP CONSTRAINT receipt_subject_length_check,
    ADD CONSTRAINT receipt_subject_length_check CHECK (length(subject) <= 500);

ALTER TABLE iduo.batch DROP CONSTRAINT batch_kind_word_check,
    ADD CONSTRAINT batch_kind_word_check CHECK (kind IN ('clients', 'companies', 'contacts', 'answers', 'sent')),
    DROP CONSTRAINT batch_state_word_check,
    ADD CONSTRAINT batch_state_word_check CHECK (state IN ('staging', 'applied', 'prepared', 'sent', 'expired', 'undone')),
    ADD COLUMN payload_hash BYTEA,
    ADD COLUMN of_batch BIGINT,
    ADD COLUMN row_count INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN changed INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN doubtful INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN refused INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN sent_key UUID,
    ADD COLUMN undo_key UUID,
    ADD COLUMN undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT batch_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ADD COLUMN undone_by TEXT,
    ADD CONSTRAINT batch_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    ADD CONSTRAINT batch_undone_at_check CHECK ((state = 'undone') = (undone_at IS NOT NULL)),
    ADD CONSTRAINT batch_kind_state_check CHECK ((kind = 'sent') = (state IN ('prepared', 'sent', 'expired')) OR state = 'undone'),
    ADD CONSTRAINT batch_of_batch_fkey FOREIGN KEY(of_batch) REFERENCES iduo.batch (id),
    ADD CONSTRAINT batch_sent_key_key UNIQUE (sent_key),
    ADD CONSTRAINT batch_undo_key_key UNIQUE (undo_key),
    ADD CONSTRAINT batch_undone_by_fkey FOREIGN KEY(undone_by) REFERENCES iduo.staff (login);

ALTER TABLE iduo.batch_row DROP CONSTRAINT batch_row_payload_length_check,
    ADD CONSTRAINT batch_row_payload_length_check CHECK (octet_length(payload::text) <= 65536),
    DROP CONSTRAINT batch_row_before_length_check,
    ADD CONSTRAINT batch_row_before_length_check CHECK (octet_length(before::text) <= 65536),
    DROP CONSTRAINT batch_row_outcome_word_check,
    ADD CONSTRAINT batch_row_outcome_word_check CHECK (outcome IN ('created', 'updated', 'unchanged', 'doubtful', 'refused',
        'answered', 'same', 'conflict', 'wrong_state', 'wrong_code', 'busy', 'unknown', 'empty', 'moved', 'sent', 'left')),
    ADD COLUMN ticket_id BIGINT,
    ADD COLUMN contact_id BIGINT,
    ADD COLUMN held BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN suggestion TEXT DEFAULT '' NOT NULL CONSTRAINT batch_row_suggestion_length_check CHECK (length(suggestion) <= 40),
    ADD COLUMN after TEXT CONSTRAINT batch_row_after_length_check CHECK (length(after) <= 32),
    ADD COLUMN left_alone TEXT DEFAULT '' NOT NULL CONSTRAINT batch_row_left_alone_length_check CHECK (length(left_alone) <= 300),
    ADD CONSTRAINT batch_row_ticket_id_fkey FOREIGN KEY(ticket_id) REFERENCES iduo.ticket (id),
    ADD CONSTRAINT batch_row_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id);
CREATE UNIQUE INDEX batch_row_held_index ON iduo.batch_row (ticket_id) WHERE held;
CREATE INDEX batch_row_contact_index ON iduo.batch_row (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX batch_row_ticket_index ON iduo.batch_row (ticket_id, batch_id) WHERE ticket_id IS NOT NULL;

ALTER TABLE iduo.ticket
    ADD COLUMN batch_out BIGINT,
    ADD COLUMN batch_in BIGINT,
    ADD COLUMN sent_at TIMESTAMP WITH TIME ZONE CONSTRAINT ticket_sent_at_range_check CHECK (sent_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ADD COLUMN sent_insisted INTEGER,
    ADD CONSTRAINT ticket_batch_out_fkey FOREIGN KEY(batch_out) REFERENCES iduo.batch (id),
    ADD CONSTRAINT ticket_batch_in_fkey FOREIGN KEY(batch_in) REFERENCES iduo.batch (id);
CREATE INDEX ticket_to_send_index ON iduo.ticket (number)
    WHERE state IN ('open', 'awaiting_answer') AND (state = 'open' OR batch_out IS NOT NULL) AND coalesce(sent_insisted, -1) < insisted;

CREATE TABLE iduo.column_profile (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL CONSTRAINT column_profile_kind_word_check CHECK (kind IN ('sending', 'cases', 'tickets', 'answers', 'clients', 'companies', 'contacts')),
    name TEXT NOT NULL CONSTRAINT column_profile_name_length_check CHECK (length(name) <= 80),
    fields JSONB NOT NULL CONSTRAINT column_profile_fields_length_check CHECK (octet_length(fields::text) <= 32000),
    is_default BOOLEAN DEFAULT false NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT column_profile_pkey PRIMARY KEY (id),
    CONSTRAINT column_profile_kind_name_key UNIQUE (kind, name),
    CONSTRAINT column_profile_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE UNIQUE INDEX column_profile_default_index ON iduo.column_profile (kind) WHERE is_default;

UPDATE iduo.batch b SET row_count = x.rows, changed = x.changed, doubtful = x.doubtful, refused = x.refused
FROM (SELECT r.batch_id, count(*) AS rows, count(*) FILTER (WHERE r.outcome IN ('created', 'updated')) AS changed,
             count(*) FILTER (WHERE r.outcome = 'doubtful') AS doubtful, count(*) FILTER (WHERE r.outcome = 'refused') AS refused
      FROM iduo.batch_row r GROUP BY r.batch_id) x
WHERE b.id = x.batch_id AND b.state = 'applied';

-- what judges rows answers one column less
DROP FUNCTION IF EXISTS iduo.judged_clients(bigint), iduo.judged_companies(bigint);

INSERT INTO iduo.transition (entity, before, after) VALUES
    -- only as the way back of a batch that is undone: iduo.guard_ticket
    ('ticket', 'awaiting_answer', 'open'), ('ticket', 'awaiting_communication', 'open'),
    ('batch', 'staging', 'applied'), ('batch', 'applied', 'undone'),
    ('batch', 'prepared', 'sent'), ('batch', 'prepared', 'expired'), ('batch', 'sent', 'undone');

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, choices, meaning) VALUES
    ('exports_per_hour', 'Seguridad', 60, 'number', '20', '20', 1, 1000, '{}', 'Cuántas listas puede exportar una persona por hora');
RESET ROLE;
