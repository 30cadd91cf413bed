SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.template (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL CONSTRAINT template_name_length_check CHECK (length(name) <= 80),
    channel TEXT NOT NULL CONSTRAINT template_channel_word_check CHECK (channel IN ('email', 'sms', 'whatsapp')),
    purpose TEXT DEFAULT '' NOT NULL CONSTRAINT template_purpose_word_check CHECK (purpose IN ('', 'collection', 'service', 'promotion')),
    subject TEXT DEFAULT '' NOT NULL CONSTRAINT template_subject_length_check CHECK (length(subject) <= 200),
    text TEXT NOT NULL CONSTRAINT template_text_length_check CHECK (length(text) <= 4000),
    position SMALLINT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT template_pkey PRIMARY KEY (id),
    CONSTRAINT template_channel_name_key UNIQUE (channel, name)
);

CREATE TABLE iduo.conversation (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    company_id BIGINT,
    contact_id BIGINT,
    case_id BIGINT,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT conversation_pkey PRIMARY KEY (id),
    CONSTRAINT conversation_party_check CHECK (num_nonnulls(company_id, contact_id) <= 1),
    CONSTRAINT conversation_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT conversation_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT conversation_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id)
);
CREATE UNIQUE INDEX conversation_company_index ON iduo.conversation (company_id) WHERE company_id IS NOT NULL;
CREATE UNIQUE INDEX conversation_contact_index ON iduo.conversation (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE iduo.message (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    conversation_id BIGINT NOT NULL,
    case_id BIGINT,
    event_id BIGINT,
    direction TEXT NOT NULL CONSTRAINT message_direction_word_check CHECK (direction IN ('outbound', 'inbound')),
    channel TEXT NOT NULL CONSTRAINT message_channel_word_check CHECK (channel IN ('email', 'sms')),
    purpose TEXT DEFAULT '' NOT NULL CONSTRAINT message_purpose_word_check CHECK (purpose IN ('', 'collection', 'service', 'promotion')),
    address TEXT NOT NULL CONSTRAINT message_address_length_check CHECK (length(address) <= 254),
    address_key TEXT DEFAULT '' NOT NULL CONSTRAINT message_address_key_length_check CHECK (length(address_key) <= 254),
    by_hand BOOLEAN DEFAULT false NOT NULL,
    subject TEXT DEFAULT '' NOT NULL CONSTRAINT message_subject_length_check CHECK (length(subject) <= 300),
    state TEXT NOT NULL CONSTRAINT message_state_word_check CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'doubtful', 'cancelled', 'received')),
    error TEXT DEFAULT '' NOT NULL CONSTRAINT message_error_length_check CHECK (length(error) <= 500),
    message_ref TEXT DEFAULT '' NOT NULL CONSTRAINT message_message_ref_length_check CHECK (length(message_ref) <= 250),
    reply_to_ref TEXT DEFAULT '' NOT NULL CONSTRAINT message_reply_to_ref_length_check CHECK (length(reply_to_ref) <= 250),
    provider_id TEXT DEFAULT '' NOT NULL CONSTRAINT message_provider_id_length_check CHECK (length(provider_id) <= 250),
    text TEXT NOT NULL CONSTRAINT message_text_length_check CHECK (length(text) <= 10000),
    template_id INTEGER,
    resend_of BIGINT,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE CONSTRAINT message_settled_at_range_check CHECK (settled_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    read_at TIMESTAMP WITH TIME ZONE CONSTRAINT message_read_at_range_check CHECK (read_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    CONSTRAINT message_pkey PRIMARY KEY (id),
    CONSTRAINT message_direction_state_check CHECK ((direction = 'inbound') = (state = 'received')),
    CONSTRAINT message_case_id_check CHECK (direction = 'inbound' OR case_id IS NOT NULL),
    CONSTRAINT message_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT message_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES iduo.conversation (id),
    CONSTRAINT message_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    CONSTRAINT message_event_id_fkey FOREIGN KEY(event_id) REFERENCES iduo.case_event (id),
    CONSTRAINT message_template_id_fkey FOREIGN KEY(template_id) REFERENCES iduo.template (id),
    CONSTRAINT message_resend_of_fkey FOREIGN KEY(resend_of) REFERENCES iduo.message (id),
    CONSTRAINT message_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT message_key_key UNIQUE (key)
);
CREATE INDEX message_address_index ON iduo.message (channel, address_key COLLATE "C", id) WHERE address_key <> '';
CREATE INDEX message_case_index ON iduo.message (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX message_conversation_index ON iduo.message (conversation_id, id);
CREATE INDEX message_event_index ON iduo.message (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX message_provider_index ON iduo.message (provider_id COLLATE "C") WHERE direction = 'outbound' AND provider_id <> '';
CREATE UNIQUE INDEX message_received_index ON iduo.message (channel, provider_id COLLATE "C") WHERE direction = 'inbound' AND provider_id <> '';
CREATE INDEX message_ref_index ON iduo.message (message_ref COLLATE "C", id) WHERE message_ref <> '';
CREATE UNIQUE INDEX message_resend_index ON iduo.message (resend_of) WHERE resend_of IS NOT NULL AND state <> 'cancelled';
CREATE INDEX message_unattended_index ON iduo.message (id) WHERE case_id IS NULL AND read_at IS NULL;
CREATE INDEX message_unfinished_index ON iduo.message (state, settled_at) WHERE state IN ('waiting', 'sending', 'failed', 'doubtful');
CREATE INDEX message_unread_index ON iduo.message (conversation_id) WHERE direction = 'inbound' AND read_at IS NULL;

CREATE TABLE iduo.outbox (
    message_id BIGINT NOT NULL,
    channel TEXT NOT NULL CONSTRAINT outbox_channel_word_check CHECK (channel IN ('email', 'sms')),
    tries SMALLINT DEFAULT '0' NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT outbox_next_try_at_range_check CHECK (next_try_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    taken_at TIMESTAMP WITH TIME ZONE CONSTRAINT outbox_taken_at_range_check CHECK (taken_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    worker UUID,
    CONSTRAINT outbox_pkey PRIMARY KEY (message_id),
    CONSTRAINT outbox_worker_check CHECK ((taken_at IS NULL) = (worker IS NULL)),
    CONSTRAINT outbox_message_id_fkey FOREIGN KEY(message_id) REFERENCES iduo.message (id)
);
CREATE INDEX outbox_next_index ON iduo.outbox (next_try_at, message_id) WHERE taken_at IS NULL;
CREATE INDEX outbox_taken_index ON iduo.outbox (taken_at) WHERE taken_at IS NOT NULL;

CREATE TABLE iduo.batch_mail (
    day DATE NOT NULL CONSTRAINT batch_mail_day_range_check CHECK (day BETWEEN '1900-01-01' AND '2999-12-31'),
    state TEXT DEFAULT 'begun' NOT NULL CONSTRAINT batch_mail_state_word_check CHECK (state IN ('begun', 'mailed', 'failed')),
    tries SMALLINT DEFAULT '1' NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT batch_mail_taken_at_range_check CHECK (taken_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    batch_id BIGINT,
    error TEXT DEFAULT '' NOT NULL CONSTRAINT batch_mail_error_length_check CHECK (length(error) <= 500),
    CONSTRAINT batch_mail_pkey PRIMARY KEY (day),
    CONSTRAINT batch_mail_batch_id_fkey FOREIGN KEY(batch_id) REFERENCES iduo.batch (id)
);

-- what a contact ended in: a result, an answer to a promotion, or the message that it was
ALTER TABLE iduo.attempt ADD message_id BIGINT,
    ADD CONSTRAINT attempt_message_id_fkey FOREIGN KEY(message_id) REFERENCES iduo.message (id),
    DROP CONSTRAINT attempt_result_check,
    ADD CONSTRAINT attempt_result_check CHECK (num_nonnulls(disposition_id, promotion_id, message_id) = 1);
CREATE INDEX attempt_message_index ON iduo.attempt (message_id) WHERE message_id IS NOT NULL;

-- whoever answers is found by his address
CREATE INDEX company_email_address_index ON iduo.company_email (lower(address) COLLATE "C");

ALTER TABLE iduo.heartbeat DROP CONSTRAINT heartbeat_service_word_check,
    ADD CONSTRAINT heartbeat_service_word_check CHECK (service IN ('guard', 'gateway')),
    ADD channels TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT heartbeat_channels_length_check CHECK (cardinality(channels) <= 5 AND length(channels::text) <= 8000),
    ADD complaint TEXT DEFAULT '' NOT NULL CONSTRAINT heartbeat_complaint_length_check CHECK (length(complaint) <= 500);

-- forced row security would keep rows from the owner
RESET ROLE;
-- who signs what comes in
INSERT INTO iduo.staff (login, full_name, must_change_password, service) VALUES ('iduo_gateway', 'Pasarela de mensajes', false, true);

INSERT INTO iduo.transition (entity, before, after) VALUES
    ('message', 'waiting', 'sending'), ('message', 'waiting', 'cancelled'), ('message', 'sending', 'sent'), ('message', 'sending', 'waiting'),
    ('message', 'sending', 'failed'), ('message', 'sending', 'doubtful'),
    -- what its worker or the provider says later
    ('message', 'doubtful', 'sent'), ('message', 'doubtful', 'failed'), ('message', 'sent', 'failed');

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, choices, meaning)
SELECT name, 'Mensajes', 300 + row_number() OVER (), kind, value::jsonb, value::jsonb, minimum, maximum, '{}', meaning FROM (VALUES
    ('message_delay_seconds', 'number', '10', 0, 300, 'Cuántos segundos espera un mensaje antes de salir: mientras tanto se puede deshacer'),
    ('mail_domain', 'text', '"iduo.local"', 4, 100, 'El dominio de los mails que salen; va en el identificador de cada uno, para reconocer las respuestas'),
    ('batch_mail_on', 'yes_no', 'false', NULL, NULL, 'La pasarela manda por mail el lote del día, los días de trabajo'),
    ('batch_mail_at', 'text', '"18:00"', 5, 5, 'A qué hora manda el lote del día'),
    ('batch_mail_to', 'text', '""', 0, 1000, 'A qué direcciones manda el lote del día, separadas por comas')
) AS s(name, kind, value, minimum, maximum, meaning);

INSERT INTO iduo.template (name, channel, purpose, subject, text, position)
SELECT name, channel, purpose, subject, text, row_number() OVER () FROM (VALUES
    ('Recordatorio de pago', 'email', 'collection', 'Recordatorio de pago', 'Estimado/a {nombre}:

Le recordamos que su servicio {plan} tiene un saldo pendiente de {deuda}. Si ya lo pagó, no tenga en cuenta este mensaje.

Por cualquier consulta puede responder a este mail.

Saludos cordiales.
{operador}
{organización}'),
    ('Aviso de corte', 'email', 'collection', 'Aviso de corte de su servicio', 'Estimado/a {nombre}:

Le avisamos que, si no registramos el pago de {deuda}, su servicio {plan} se va a cortar el {corte}.

Si ya pagó, respóndanos con el comprobante. Si necesita una prórroga, escríbanos y vemos cómo ayudarle.

Saludos cordiales.
{operador}
{organización}'),
    ('Recuperación de un cliente retirado', 'email', 'service', 'Nos gustaría que vuelva', 'Estimado/a {nombre}:

Vimos que dejó de usar nuestro servicio y nos gustaría que vuelva. Queremos saber qué podemos mejorar y ofrecerle una alternativa que le convenga.

Puede responder a este mail, o decirnos cuándo prefiere que le llamemos.

Saludos cordiales.
{operador}
{organización}'),
    ('Promoción', 'email', 'promotion', '{promoción}', 'Estimado/a {nombre}:

Tenemos una propuesta para usted: {promoción}.

{oferta}

Si le interesa, responda a este mail. Si prefiere no recibir promociones, respóndanos diciéndolo y no le escribiremos más por este motivo.

Saludos cordiales.
{operador}
{organización}'),
    ('Ticket respondido', 'email', 'service', 'Su consulta número {ticket} ya tiene respuesta', 'Estimado/a {nombre}:

Su consulta número {ticket} ya tiene respuesta. Llámenos o responda a este mail y se la damos.

Saludos cordiales.
{operador}
{organización}'),
    ('Recordatorio de pago', 'sms', 'collection', '', '{organización}: le recordamos que su servicio tiene un saldo pendiente de {deuda}. Si ya lo pagó, no tenga en cuenta este mensaje.'),
    ('Aviso de corte', 'sms', 'collection', '', '{organización}: si no registramos el pago de {deuda}, su servicio se va a cortar el {corte}. Por consultas responda a este mensaje.'),
    ('Recuperación de un cliente retirado', 'sms', 'service', '', '{organización}: nos gustaría que vuelva. Responda a este mensaje y le llamamos con una propuesta para usted.'),
    ('Promoción', 'sms', 'promotion', '', '{organización}: {promoción}. Si le interesa, responda SI. Si no quiere recibir promociones, responda NO.'),
    ('Ticket respondido', 'sms', 'service', '', '{organización}: su consulta número {ticket} ya tiene respuesta. Llámenos y se la damos.'),
    ('Recordatorio de pago', 'whatsapp', 'collection', '', 'Buenos días, {nombre}. Soy {operador}, de {organización}. Le recordamos que su servicio tiene un saldo pendiente de {deuda}. Si ya lo pagó, no tenga en cuenta este mensaje.'),
    ('Aviso de corte', 'whatsapp', 'collection', '', 'Buenos días, {nombre}. Soy {operador}, de {organización}. Si no registramos el pago de {deuda}, su servicio se va a cortar el {corte}. Si necesita una prórroga, respóndame y lo vemos.'),
    ('Recuperación de un cliente retirado', 'whatsapp', 'service', '', 'Buenos días, {nombre}. Soy {operador}, de {organización}. Nos gustaría que vuelva: ¿cuándo le puedo llamar para contarle una propuesta?'),
    ('Promoción', 'whatsapp', 'promotion', '', 'Buenos días, {nombre}. Soy {operador}, de {organización}. Tenemos una propuesta para usted: {promoción}. {oferta}'),
    ('Ticket respondido', 'whatsapp', 'service', '', 'Buenos días, {nombre}. Soy {operador}, de {organización}. Su consulta número {ticket} ya tiene respuesta.')
) AS t(name, channel, purpose, subject, text);
