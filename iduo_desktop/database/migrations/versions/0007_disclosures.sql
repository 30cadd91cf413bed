SET LOCAL ROLE iduo_owner;

ALTER TABLE iduo.receipt DROP CONSTRAINT receipt_what_word_check,
    ADD CONSTRAINT receipt_what_word_check CHECK (what IN ('audit', 'person', 'erase', 'assistants'));

CREATE TABLE iduo.disclosure (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    receipt_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    reason TEXT NOT NULL CONSTRAINT disclosure_reason_word_check CHECK (reason IN ('asked', 'second_contact', 'upset', 'offered')),
    told_to TEXT NOT NULL CONSTRAINT disclosure_told_to_length_check CHECK (length(told_to) <= 200),
    ticket_id BIGINT,
    call_id BIGINT,
    assistants BIGINT[] NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    CONSTRAINT disclosure_pkey PRIMARY KEY (id),
    CONSTRAINT disclosure_assistants_check CHECK (cardinality(assistants) BETWEEN 1 AND 100),
    CONSTRAINT disclosure_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT disclosure_receipt_id_key UNIQUE (receipt_id),
    CONSTRAINT disclosure_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT disclosure_ticket_id_fkey FOREIGN KEY(ticket_id) REFERENCES iduo.ticket (id),
    CONSTRAINT disclosure_call_id_fkey FOREIGN KEY(call_id) REFERENCES iduo.call (id),
    CONSTRAINT disclosure_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT disclosure_key_key UNIQUE (key)
);
CREATE INDEX disclosure_by_index ON iduo.disclosure (by, at);
CREATE INDEX disclosure_company_index ON iduo.disclosure (company_id, at);
RESET ROLE;
