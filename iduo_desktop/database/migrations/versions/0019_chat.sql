SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.chat (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    token_hash BYTEA NOT NULL,
    address_hash BYTEA NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL CONSTRAINT chat_state_word_check CHECK (state IN ('waiting', 'attended', 'ended')),
    name TEXT DEFAULT '' NOT NULL CONSTRAINT chat_name_length_check CHECK (length(name) <= 120),
    company_keyed TEXT DEFAULT '' NOT NULL CONSTRAINT chat_company_keyed_length_check CHECK (length(company_keyed) <= 40),
    page TEXT DEFAULT '' NOT NULL CONSTRAINT chat_page_length_check CHECK (length(page) <= 300),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    queued_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    asked_for TEXT,
    handed_by TEXT,
    handed_note TEXT DEFAULT '' NOT NULL CONSTRAINT chat_handed_note_length_check CHECK (length(handed_note) <= 500),
    company_id BIGINT,
    contact_id BIGINT,
    call_id BIGINT,
    attended_by TEXT,
    attended_at TIMESTAMP WITH TIME ZONE CONSTRAINT chat_attended_at_range_check CHECK (attended_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    answered_at TIMESTAMP WITH TIME ZONE CONSTRAINT chat_answered_at_range_check CHECK (answered_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    waits_since TIMESTAMP WITH TIME ZONE CONSTRAINT chat_waits_since_range_check CHECK (waits_since BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    offered_at TIMESTAMP WITH TIME ZONE CONSTRAINT chat_offered_at_range_check CHECK (offered_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ended_at TIMESTAMP WITH TIME ZONE CONSTRAINT chat_ended_at_range_check CHECK (ended_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ended_by TEXT CONSTRAINT chat_ended_by_word_check CHECK (ended_by IN ('visitor', 'operator', 'silence', 'message')),
    lines INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT chat_pkey PRIMARY KEY (id),
    CONSTRAINT chat_token_hash_length_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT chat_address_hash_length_check CHECK (octet_length(address_hash) = 32),
    CONSTRAINT chat_attended_by_check CHECK ((state = 'attended') <= (attended_by IS NOT NULL)),
    CONSTRAINT chat_call_id_check CHECK (state <> 'attended' OR call_id IS NOT NULL),
    CONSTRAINT chat_ended_at_check CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CONSTRAINT chat_ended_by_check CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT chat_lines_range_check CHECK (lines BETWEEN 0 AND 2000),
    CONSTRAINT chat_token_hash_key UNIQUE (token_hash),
    CONSTRAINT chat_asked_for_fkey FOREIGN KEY(asked_for) REFERENCES iduo.staff (login),
    CONSTRAINT chat_handed_by_fkey FOREIGN KEY(handed_by) REFERENCES iduo.staff (login),
    CONSTRAINT chat_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT chat_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT chat_call_id_fkey FOREIGN KEY(call_id) REFERENCES iduo.call (id),
    CONSTRAINT chat_attended_by_fkey FOREIGN KEY(attended_by) REFERENCES iduo.staff (login)
);
CREATE INDEX chat_address_index ON iduo.chat (address_hash, at);
CREATE INDEX chat_attended_index ON iduo.chat (attended_by) WHERE state = 'attended';
CREATE INDEX chat_company_index ON iduo.chat (company_id, id) WHERE company_id IS NOT NULL;
CREATE INDEX chat_contact_index ON iduo.chat (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX chat_day_index ON iduo.chat (at);
CREATE INDEX chat_open_index ON iduo.chat (queued_at, id) WHERE state <> 'ended';

CREATE TABLE iduo.chat_line (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    chat_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    side TEXT NOT NULL CONSTRAINT chat_line_side_word_check CHECK (side IN ('visitor', 'operator', 'system')),
    by TEXT,
    text TEXT NOT NULL CONSTRAINT chat_line_text_length_check CHECK (length(text) <= 2000),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA,
    CONSTRAINT chat_line_pkey PRIMARY KEY (id),
    CONSTRAINT chat_line_chat_id_seq_key UNIQUE (chat_id, seq),
    CONSTRAINT chat_line_chat_id_key_key UNIQUE (chat_id, key),
    CONSTRAINT chat_line_by_check CHECK ((side = 'operator') = ("by" IS NOT NULL)),
    CONSTRAINT chat_line_seq_range_check CHECK (seq BETWEEN 1 AND 2000),
    CONSTRAINT chat_line_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT chat_line_chat_id_fkey FOREIGN KEY(chat_id) REFERENCES iduo.chat (id),
    CONSTRAINT chat_line_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);

CREATE TABLE iduo.chat_presence (
    chat_id BIGINT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    staff_read INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT chat_presence_pkey PRIMARY KEY (chat_id),
    CONSTRAINT chat_presence_chat_id_fkey FOREIGN KEY(chat_id) REFERENCES iduo.chat (id)
);

-- what is kept ready for the chat, and a call that went on with somebody else
ALTER TABLE iduo.template DROP CONSTRAINT template_channel_word_check,
    ADD CONSTRAINT template_channel_word_check CHECK (channel IN ('email', 'sms', 'whatsapp', 'chat'));
ALTER TABLE iduo.call DROP CONSTRAINT call_outcome_word_check,
    ADD CONSTRAINT call_outcome_word_check CHECK (outcome IN ('message', 'answer', 'insisted', 'assistant', 'informed', 'hung_up', 'silent', 'wrong_number', 'test', 'attended', 'handed_on'));
ALTER TABLE iduo.heartbeat DROP CONSTRAINT heartbeat_service_word_check,
    ADD CONSTRAINT heartbeat_service_word_check CHECK (service IN ('guard', 'gateway', 'chat'));

-- forced row security would keep rows from the owner
RESET ROLE;
-- who signs the messages that visitors leave
INSERT INTO iduo.staff (login, full_name, must_change_password, service) VALUES ('iduo_chat', 'Chat del sitio', false, true);

INSERT INTO iduo.transition (entity, before, after) VALUES
    ('chat', 'waiting', 'attended'), ('chat', 'attended', 'waiting'), ('chat', 'waiting', 'ended'), ('chat', 'attended', 'ended');

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, choices, meaning)
SELECT name, 'Chat', 400 + row_number() OVER (), kind, value::jsonb, value::jsonb, minimum, maximum, '{}', meaning FROM (VALUES
    ('chat_on', 'yes_no', 'true', NULL, NULL, 'El chat del sitio atiende en el horario de trabajo; apagado, solo ofrece dejar un mensaje'),
    ('chats_at_once', 'number', '4', 1, 12, 'Cuántos chats puede atender a la vez una persona'),
    ('chat_unanswered_minutes', 'number', '3', 1, 60, 'Después de cuántos minutos sin respuesta un chat se ofrece a los demás; el doble después, al visitante se le ofrece dejar un mensaje'),
    ('chat_gone_minutes', 'number', '3', 1, 60, 'Cuántos minutos sin saber del visitante dan el chat por terminado'),
    ('chats_per_address', 'number', '5', 1, 1000, 'Cuántos chats se pueden empezar por hora desde una misma conexión'),
    ('chat_lines_per_minute', 'number', '20', 5, 200, 'Cuántas líneas por minuto se aceptan de un visitante')
) AS s(name, kind, value, minimum, maximum, meaning);

INSERT INTO iduo.template (name, channel, purpose, subject, text, position)
SELECT name, 'chat', '', '', text, row_number() OVER () FROM (VALUES
    ('Saludo', 'Buenos días, soy {operador}. ¿En qué puedo ayudarle?'),
    ('Pedir la empresa', '¿Me dice el número de empresa o de unidad de gestión, por favor?'),
    ('Pedir los datos', 'Para dejar su mensaje necesito su nombre y apellido, y un teléfono o un mail.'),
    ('Un momento', 'Un momento, por favor: lo estoy buscando.'),
    ('Mensaje ingresado', 'Ya ingresé su mensaje. El número de ticket es {ticket}: anótelo, por favor. Se van a comunicar con usted a la brevedad.'),
    ('Despedida', 'Gracias por comunicarse con {organización}. ¡Que tenga un buen día!')
) AS t(name, text);
