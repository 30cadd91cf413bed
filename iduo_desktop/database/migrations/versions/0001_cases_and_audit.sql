SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.change (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    table_name TEXT NOT NULL CONSTRAINT change_table_name_length_check CHECK (length(table_name) <= 63),
    id BIGINT,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT change_pkey PRIMARY KEY (seq)
);
CREATE INDEX change_xid_index ON iduo.change (xid);

CREATE TABLE iduo.receipt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    actor TEXT NOT NULL CONSTRAINT receipt_actor_length_check CHECK (length(actor) <= 63),
    address INET,
    what TEXT NOT NULL CONSTRAINT receipt_what_word_check CHECK (what IN ('audit', 'person')),
    subject TEXT NOT NULL CONSTRAINT receipt_subject_length_check CHECK (length(subject) <= 200),
    reason TEXT NOT NULL CONSTRAINT receipt_reason_length_check CHECK (length(reason) <= 500),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT receipt_pkey PRIMARY KEY (id)
);
CREATE INDEX receipt_actor_index ON iduo.receipt (actor, at);
CREATE INDEX receipt_subject_index ON iduo.receipt (what, subject);

CREATE TABLE iduo.transition (
    entity TEXT NOT NULL CONSTRAINT transition_entity_length_check CHECK (length(entity) <= 40),
    before TEXT NOT NULL CONSTRAINT transition_before_length_check CHECK (length(before) <= 40),
    after TEXT NOT NULL CONSTRAINT transition_after_length_check CHECK (length(after) <= 40),
    CONSTRAINT transition_pkey PRIMARY KEY (entity, before, after)
);

CREATE TABLE iduo.batch (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL CONSTRAINT batch_kind_word_check CHECK (kind IN ('clients')),
    state TEXT DEFAULT 'staging' NOT NULL CONSTRAINT batch_state_word_check CHECK (state IN ('staging', 'applied')),
    file_name TEXT NOT NULL CONSTRAINT batch_file_name_length_check CHECK (length(file_name) <= 255),
    sha256 TEXT NOT NULL CONSTRAINT batch_sha256_length_check CHECK (length(sha256) <= 64),
    cases_opened INTEGER DEFAULT '0' NOT NULL,
    cases_moved INTEGER DEFAULT '0' NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE CONSTRAINT batch_applied_at_range_check CHECK (applied_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    key UUID NOT NULL,
    CONSTRAINT batch_pkey PRIMARY KEY (id),
    CONSTRAINT batch_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT batch_key_key UNIQUE (key)
);
CREATE INDEX batch_sha256_index ON iduo.batch (sha256) WHERE state = 'applied';

CREATE TABLE iduo."case" (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    company_id BIGINT NOT NULL,
    subject TEXT DEFAULT '' NOT NULL CONSTRAINT case_subject_length_check CHECK (length(subject) <= 200),
    collection BOOLEAN DEFAULT false NOT NULL,
    list TEXT NOT NULL CONSTRAINT case_list_word_check CHECK (list IN ('active', 'suspended', 'delinquent', 'withdrawn')),
    state TEXT DEFAULT 'open' NOT NULL CONSTRAINT case_state_word_check CHECK (state IN ('open', 'closed')),
    assigned_to TEXT,
    assigned_at TIMESTAMP WITH TIME ZONE CONSTRAINT case_assigned_at_range_check CHECK (assigned_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    touched_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    last_contact_at TIMESTAMP WITH TIME ZONE CONSTRAINT case_last_contact_at_range_check CHECK (last_contact_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    next_action_at TIMESTAMP WITH TIME ZONE CONSTRAINT case_next_action_at_range_check CHECK (next_action_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    attempts INTEGER DEFAULT '0' NOT NULL,
    calls INTEGER DEFAULT '0' NOT NULL,
    whatsapps INTEGER DEFAULT '0' NOT NULL,
    emails INTEGER DEFAULT '0' NOT NULL,
    sms INTEGER DEFAULT '0' NOT NULL,
    chats INTEGER DEFAULT '0' NOT NULL,
    move_reason TEXT CONSTRAINT case_move_reason_length_check CHECK (length(move_reason) <= 500),
    move_until DATE CONSTRAINT case_move_until_range_check CHECK (move_until BETWEEN '1900-01-01' AND '2999-12-31'),
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    opened_by TEXT NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE CONSTRAINT case_closed_at_range_check CHECK (closed_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    closed_by TEXT,
    closing_reason TEXT CONSTRAINT case_closing_reason_length_check CHECK (length(closing_reason) <= 120),
    closing_status TEXT CONSTRAINT case_closing_status_length_check CHECK (length(closing_status) <= 120),
    version INTEGER DEFAULT '1' NOT NULL,
    client_key TEXT DEFAULT '' NOT NULL CONSTRAINT case_client_key_length_check CHECK (length(client_key) <= 700),
    debt NUMERIC(14, 2) CONSTRAINT case_debt_range_check CHECK (debt BETWEEN -999999999999.99 AND 999999999999.99),
    cutoff_date DATE CONSTRAINT case_cutoff_date_range_check CHECK (cutoff_date BETWEEN '1900-01-01' AND '2999-12-31'),
    extended_until DATE CONSTRAINT case_extended_until_range_check CHECK (extended_until BETWEEN '1900-01-01' AND '2999-12-31'),
    plan TEXT DEFAULT '' NOT NULL CONSTRAINT case_plan_length_check CHECK (length(plan) <= 80),
    locality TEXT DEFAULT '' NOT NULL CONSTRAINT case_locality_length_check CHECK (length(locality) <= 120),
    work_key TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (coalesce(last_contact_at, to_timestamp(0))) STORED NOT NULL,
    debt_key BIGINT GENERATED ALWAYS AS ((coalesce(debt, 0) * 100)::bigint) STORED NOT NULL,
    cutoff_key DATE GENERATED ALWAYS AS (coalesce(cutoff_date, make_date(9999, 12, 31))) STORED NOT NULL,
    CONSTRAINT case_pkey PRIMARY KEY (id),
    CONSTRAINT case_closed_at_check CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT case_assigned_at_check CHECK ((assigned_to IS NULL) = (assigned_at IS NULL)),
    CONSTRAINT case_attempts_check CHECK (attempts = calls + whatsapps + emails + sms + chats),
    CONSTRAINT case_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT case_assigned_to_fkey FOREIGN KEY(assigned_to) REFERENCES iduo.staff (login),
    CONSTRAINT case_opened_by_fkey FOREIGN KEY(opened_by) REFERENCES iduo.staff (login),
    CONSTRAINT case_closed_by_fkey FOREIGN KEY(closed_by) REFERENCES iduo.staff (login)
);
CREATE INDEX case_client_index ON iduo."case" (list, client_key COLLATE "C", id) WHERE state = 'open';
CREATE INDEX case_closed_client_index ON iduo."case" (client_key COLLATE "C", id) WHERE state = 'closed';
CREATE INDEX case_closed_contact_index ON iduo."case" (work_key, id) WHERE state = 'closed';
CREATE INDEX case_closed_cutoff_index ON iduo."case" (cutoff_key, id) WHERE state = 'closed';
CREATE INDEX case_closed_debt_index ON iduo."case" (debt_key, id) WHERE state = 'closed';
CREATE INDEX case_closed_index ON iduo."case" (closed_at, id) WHERE state = 'closed';
CREATE INDEX case_closed_locality_index ON iduo."case" (locality, closed_at, id) WHERE state = 'closed';
CREATE INDEX case_closed_plan_index ON iduo."case" (plan, closed_at, id) WHERE state = 'closed';
CREATE UNIQUE INDEX case_collection_index ON iduo."case" (company_id) WHERE state = 'open' AND collection;
CREATE INDEX case_company_index ON iduo."case" (company_id);
CREATE INDEX case_cutoff_index ON iduo."case" (list, cutoff_key, id) WHERE state = 'open';
CREATE INDEX case_debt_index ON iduo."case" (list, debt_key, id) WHERE state = 'open';
CREATE INDEX case_due_index ON iduo."case" (list, next_action_at, id) WHERE state = 'open' AND next_action_at IS NOT NULL;
CREATE INDEX case_extended_index ON iduo."case" (extended_until) WHERE extended_until IS NOT NULL;
CREATE INDEX case_free_index ON iduo."case" (list, work_key, id) WHERE state = 'open' AND assigned_to IS NULL;
CREATE INDEX case_locality_index ON iduo."case" (list, locality, work_key, id) WHERE state = 'open';
CREATE INDEX case_mine_index ON iduo."case" (assigned_to, work_key, id) WHERE state = 'open';
CREATE INDEX case_plan_index ON iduo."case" (list, plan, work_key, id) WHERE state = 'open';
CREATE INDEX case_untouched_index ON iduo."case" (touched_at) WHERE state = 'open' AND assigned_to IS NOT NULL;
CREATE INDEX case_work_index ON iduo."case" (list, work_key, id) WHERE state = 'open';
CREATE STATISTICS iduo.case_plan_statistics (mcv) ON list, plan, state FROM iduo.case;
CREATE STATISTICS iduo.case_locality_statistics (mcv) ON list, locality, state FROM iduo.case;

CREATE TABLE iduo.batch_row (
    batch_id BIGINT NOT NULL,
    row INTEGER NOT NULL,
    payload JSONB NOT NULL CONSTRAINT batch_row_payload_length_check CHECK (octet_length(payload::text) <= 16000),
    number BIGINT,
    outcome TEXT CONSTRAINT batch_row_outcome_word_check CHECK (outcome IN ('created', 'updated', 'unchanged', 'doubtful', 'refused')),
    message TEXT DEFAULT '' NOT NULL CONSTRAINT batch_row_message_length_check CHECK (length(message) <= 1000),
    kept TEXT DEFAULT '' NOT NULL CONSTRAINT batch_row_kept_length_check CHECK (length(kept) <= 1000),
    company_id BIGINT,
    before JSONB CONSTRAINT batch_row_before_length_check CHECK (octet_length(before::text) <= 16000),
    CONSTRAINT batch_row_pkey PRIMARY KEY (batch_id, row),
    CONSTRAINT batch_row_batch_id_fkey FOREIGN KEY(batch_id) REFERENCES iduo.batch (id),
    CONSTRAINT batch_row_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id)
);
CREATE INDEX batch_row_company_index ON iduo.batch_row (company_id);

CREATE TABLE iduo.case_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    case_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT case_event_kind_word_check CHECK (kind IN ('created', 'imported', 'taken', 'taken_over', 'released', 'returned', 'moved', 'attempt', 'closed', 'reopened', 'handed_over', 'survey')),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    detail TEXT DEFAULT '' NOT NULL CONSTRAINT case_event_detail_length_check CHECK (length(detail) <= 500),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT case_event_note_length_check CHECK (length(note) <= 2000),
    before JSONB CONSTRAINT case_event_before_length_check CHECK (octet_length(before::text) <= 16000),
    version_after INTEGER NOT NULL,
    key UUID,
    payload_hash BYTEA,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT case_event_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT case_event_pkey PRIMARY KEY (id),
    CONSTRAINT case_event_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT case_event_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo."case" (id),
    CONSTRAINT case_event_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT case_event_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT case_event_key_key UNIQUE (key)
);
CREATE INDEX case_event_case_index ON iduo.case_event (case_id, id);
CREATE INDEX case_event_company_index ON iduo.case_event (company_id, id);
CREATE INDEX case_event_taken_over_index ON iduo.case_event (id) WHERE kind = 'taken_over';

CREATE TABLE iduo.presence (
    login TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT presence_until_range_check CHECK (until BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT presence_pkey PRIMARY KEY (login, case_id),
    CONSTRAINT presence_login_fkey FOREIGN KEY(login) REFERENCES iduo.staff (login),
    CONSTRAINT presence_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo."case" (id)
);

CREATE TABLE iduo.attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    event_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    channel TEXT NOT NULL CONSTRAINT attempt_channel_word_check CHECK (channel IN ('call', 'whatsapp', 'email', 'sms', 'chat')),
    direction TEXT NOT NULL CONSTRAINT attempt_direction_word_check CHECK (direction IN ('outbound', 'inbound')),
    address TEXT DEFAULT '' NOT NULL CONSTRAINT attempt_address_length_check CHECK (length(address) <= 254),
    disposition_id INTEGER NOT NULL,
    note TEXT DEFAULT '' NOT NULL CONSTRAINT attempt_note_length_check CHECK (length(note) <= 2000),
    override_reason TEXT DEFAULT '' NOT NULL CONSTRAINT attempt_override_reason_length_check CHECK (length(override_reason) <= 500),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT attempt_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT attempt_pkey PRIMARY KEY (id),
    CONSTRAINT attempt_event_id_fkey FOREIGN KEY(event_id) REFERENCES iduo.case_event (id),
    CONSTRAINT attempt_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo."case" (id),
    CONSTRAINT attempt_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT attempt_disposition_id_fkey FOREIGN KEY(disposition_id) REFERENCES iduo.disposition (id),
    CONSTRAINT attempt_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE INDEX attempt_case_index ON iduo.attempt (case_id);
CREATE INDEX attempt_event_index ON iduo.attempt (event_id);
CREATE INDEX attempt_pressure_index ON iduo.attempt (company_id, at) INCLUDE (channel) WHERE direction = 'outbound' AND undone_at IS NULL;

CREATE TABLE iduo.closing (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    case_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    form_version_id INTEGER NOT NULL,
    values JSONB NOT NULL CONSTRAINT closing_values_length_check CHECK (octet_length(values::text) <= 65536),
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT closing_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT closing_pkey PRIMARY KEY (id),
    CONSTRAINT closing_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo."case" (id),
    CONSTRAINT closing_event_id_fkey FOREIGN KEY(event_id) REFERENCES iduo.case_event (id),
    CONSTRAINT closing_form_version_id_fkey FOREIGN KEY(form_version_id) REFERENCES iduo.form_version (id),
    CONSTRAINT closing_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE INDEX closing_case_index ON iduo.closing (case_id);

CREATE TABLE iduo.survey_answer (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    case_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    form_version_id INTEGER NOT NULL,
    values JSONB NOT NULL CONSTRAINT survey_answer_values_length_check CHECK (octet_length(values::text) <= 65536),
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT survey_answer_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT survey_answer_pkey PRIMARY KEY (id),
    CONSTRAINT survey_answer_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo."case" (id),
    CONSTRAINT survey_answer_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT survey_answer_event_id_fkey FOREIGN KEY(event_id) REFERENCES iduo.case_event (id),
    CONSTRAINT survey_answer_form_version_id_fkey FOREIGN KEY(form_version_id) REFERENCES iduo.form_version (id),
    CONSTRAINT survey_answer_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE INDEX survey_answer_case_index ON iduo.survey_answer (case_id);
CREATE INDEX survey_answer_company_index ON iduo.survey_answer (company_id, at);
CREATE INDEX survey_answer_event_index ON iduo.survey_answer (event_id);
CREATE INDEX survey_answer_version_index ON iduo.survey_answer (form_version_id, at);

CREATE TABLE iduo.promise (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    case_id BIGINT NOT NULL,
    attempt_id BIGINT NOT NULL,
    amount NUMERIC(14, 2) CONSTRAINT promise_amount_range_check CHECK (amount BETWEEN -999999999999.99 AND 999999999999.99),
    due_date DATE NOT NULL CONSTRAINT promise_due_date_range_check CHECK (due_date BETWEEN '1900-01-01' AND '2999-12-31'),
    state TEXT DEFAULT 'pending' NOT NULL CONSTRAINT promise_state_word_check CHECK (state IN ('pending', 'kept', 'broken', 'undone')),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT promise_pkey PRIMARY KEY (id),
    CONSTRAINT promise_amount_check CHECK (amount IS NULL OR amount > 0),
    CONSTRAINT promise_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo."case" (id),
    CONSTRAINT promise_attempt_id_fkey FOREIGN KEY(attempt_id) REFERENCES iduo.attempt (id)
);
CREATE INDEX promise_attempt_index ON iduo.promise (attempt_id);
CREATE INDEX promise_case_index ON iduo.promise (case_id);

SET LOCAL ROLE iduo_audit;

CREATE TABLE audit.entry (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    actor TEXT NOT NULL CONSTRAINT entry_actor_length_check CHECK (length(actor) <= 63),
    table_name TEXT NOT NULL CONSTRAINT entry_table_name_length_check CHECK (length(table_name) <= 63),
    row_key TEXT NOT NULL CONSTRAINT entry_row_key_length_check CHECK (length(row_key) <= 200),
    operation TEXT NOT NULL CONSTRAINT entry_operation_word_check CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE')),
    before JSONB CONSTRAINT entry_before_length_check CHECK (octet_length(before::text) <= 262144),
    after JSONB CONSTRAINT entry_after_length_check CHECK (octet_length(after::text) <= 262144),
    CONSTRAINT entry_pkey PRIMARY KEY (id)
);
CREATE INDEX entry_row_index ON audit.entry (table_name, row_key, id);
