INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, choices, meaning)
SELECT name, part, row_number() OVER (), kind, value::jsonb, value::jsonb, minimum, maximum, coalesce(choices, '{}'), meaning FROM (VALUES
    ('open_cases_limit', 'Casos', 'number', '30', 1, 500, NULL::text[], 'Cuántos casos abiertos puede tener una persona a la vez'),
    ('return_after_hours', 'Casos', 'number', '48', 1, 2000, NULL, 'Un caso tomado y sin tocar vuelve a su lista después de estas horas'),
    ('new_case_after_days', 'Casos', 'number', '30', 0, 3650, NULL, 'Un cliente con el caso cerrado recibe uno nuevo en una importación después de estos días'),
    ('contact_purpose', 'Casos', 'choice', '"collection"', NULL, NULL, ARRAY['service', 'collection', 'promotion'], 'Finalidad con la que se cuentan los contactos de los casos'),
    ('area_code', 'Organización', 'text', '"11"', 2, 4, NULL, 'Código de área de los teléfonos que vienen sin él'),
    ('part_cases', 'Organización', 'yes_no', 'true', NULL, NULL, NULL, 'Se trabajan listas de casos'),
    ('part_tickets', 'Organización', 'yes_no', 'false', NULL, NULL, NULL, 'Se toman mensajes'),
    ('part_helpline', 'Organización', 'yes_no', 'false', NULL, NULL, NULL, 'Se atiende una línea de ayuda'),
    ('test_database', 'Organización', 'yes_no', 'false', NULL, NULL, NULL, 'Muestra «BASE DE PRUEBA» en todas las ventanas'),
    ('disclosure_policy', 'Mensajes', 'choice', '"register_first"', NULL, NULL, ARRAY['register_first', 'refer_first'], 'Qué se ofrece antes: tomar el mensaje o los datos de los asistentes'),
    ('reminder_minutes', 'Agenda', 'number', '10', 0, 1440, NULL, 'Cuántos minutos antes avisa un recordatorio'),
    ('lock_after_minutes', 'Seguridad', 'number', '15', 1, 480, NULL, 'La ventana se bloquea después de estos minutos sin uso'),
    ('receipts_per_hour', 'Seguridad', 'number', '60', 1, 1000, NULL, 'Cuántas consultas de datos reservados puede hacer una persona por hora'),
    ('audit_keep_days', 'Seguridad', 'number', '1825', 30, 36500, NULL, 'Cuántos días conserva la auditoría los datos de las personas'),
    ('minimum_client', 'Seguridad', 'text', '"0.1.0"', 5, 14, NULL, 'Versión del programa más vieja que puede entrar')
) AS s(name, part, kind, value, minimum, maximum, choices, meaning);

INSERT INTO iduo.working_hours (weekday, opens, closes)
SELECT d, CASE WHEN d <= 5 THEN time '09:00' END, CASE WHEN d <= 5 THEN time '18:00' END FROM generate_series(1, 7) d;

INSERT INTO iduo.topic (label, kind, position) VALUES
    ('Consulta general', 'question', 1), ('Factura o pago', 'question', 2), ('Clave o acceso', 'request', 3),
    ('Alta de servicio', 'request', 4), ('Baja de servicio', 'request', 5), ('No responde su asistente', 'claim', 6),
    ('Reclamo por el servicio', 'claim', 7);

INSERT INTO iduo.script (situation, part, position, meaning, text, shipped)
SELECT situation, part, row_number() OVER (), meaning, text, text FROM (VALUES
    ('greeting', 'Mensajes', 'Al atender', 'Buenos días, le habla {operador}. ¿En qué lo puedo ayudar?'),
    ('registered', 'Mensajes', 'Al leer el número de ticket', 'He ingresado el mensaje al sistema, seguramente se van a contactar a la brevedad. Anote el número de ticket.'),
    ('waiting', 'Mensajes', 'Todavía no hay respuesta', 'Le pido que espere un poco más: su mensaje está ingresado y lo están atendiendo.'),
    ('assistants', 'Mensajes', 'Al ofrecer los asistentes', 'Le doy la opción de comunicarse con alguno de sus asistentes. ¿Tiene los datos de contacto? Se los paso.'),
    ('collection', 'Casos', 'Llamada a un moroso', 'Buenos días, ¿hablo con {cliente}? Le hablo de {organización} por el servicio de {plan}.'),
    ('recovery', 'Casos', 'Llamada a un retirado', 'Buenos días, ¿hablo con {cliente}? Nos gustaría saber por qué dejó el servicio.'),
    ('promotion', 'Casos', 'Promoción a un activo', 'Buenos días, ¿hablo con {cliente}? Tenemos una promoción para su plan.')
) AS s(situation, part, meaning, text);

INSERT INTO iduo.contact_policy (purpose, window_days, weight_call, weight_whatsapp, weight_email, weight_sms, weight_chat,
                                 limit_1, limit_2, limit_3, limit_4, limit_5, daily_limit) VALUES
    ('service', 7, 1, 1, 0.5, 0.5, 1, 1, 2, 4, 6, 8, NULL),
    ('collection', 7, 1, 1, 0.5, 0.5, 1, 1, 2, 3, 4, 5, NULL),
    ('promotion', 30, 1, 1, 0.5, 0.5, 1, 1, 2, 3, 4, 5, 1);

INSERT INTO iduo.disposition (label, digit, position, reached, final, promise, callback, wrong_number, do_not_contact) VALUES
    ('No contesta', 1, 1, false, false, false, false, false, false),
    ('Ocupado', 2, 2, false, false, false, false, false, false),
    ('Promete pago', 3, 3, true, false, true, false, false, false),
    ('Pagó', 4, 4, true, true, false, false, false, false),
    ('Volver a llamar', 5, 5, true, false, false, true, false, false),
    ('Mensaje dejado', 6, 6, false, false, false, false, false, false),
    ('Habló, sin acuerdo', 7, 7, true, false, false, false, false, false),
    ('Número equivocado', 8, 8, false, false, false, false, true, false),
    ('Pide que no lo contacten', 9, 9, true, false, false, false, false, true);

INSERT INTO iduo.transition (entity, before, after)
SELECT 'list', a, b FROM unnest(ARRAY['active', 'suspended', 'delinquent', 'withdrawn']) a,
                        unnest(ARRAY['active', 'suspended', 'delinquent', 'withdrawn']) b WHERE a <> b
UNION ALL VALUES ('case', 'open', 'closed'), ('case', 'closed', 'open');

INSERT INTO iduo.form (kind, title) VALUES ('closing', 'Cerrar caso');
INSERT INTO iduo.form_version (form_id, state, published_at) SELECT id, 'published', clock_timestamp() FROM iduo.form;
INSERT INTO iduo.form_field (version_id, key, part, label, kind, required, options_if_field, help, max_length, position)
SELECT v.id, f.* FROM iduo.form_version v, (VALUES
    ('reason', 'closing', 'Motivo', 'choice', true, NULL, '', 200, 1),
    ('contact_reason', 'closing', 'Razón de contacto', 'choice', true, NULL, '', 200, 2),
    ('status', 'closing', 'Estatus', 'choice', true, NULL, '', 200, 3),
    ('description', 'closing', 'Descripción', 'long_text', true, NULL, 'Qué pasó y en qué quedaron', 2000, 4),
    ('best_time', 'future', 'Mejor horario', 'text', false, NULL, 'Por ejemplo: después de las 18', 100, 5),
    ('preferred_channel', 'future', 'Medio preferido', 'choice', false, NULL, '', 200, 6),
    ('interest', 'future', 'Promoción de interés', 'choice', false, NULL, '', 200, 7),
    ('next_date', 'future', 'Volver a contactar el', 'date', false, NULL, 'Queda agendado', 200, 8),
    ('next_time', 'future', 'Hora', 'time', false, NULL, '', 200, 9),
    ('future_note', 'future', 'Nota', 'long_text', false, NULL, '', 1000, 10)
) AS f(key, part, label, kind, required, options_if_field, help, max_length, position);
INSERT INTO iduo.form_option (field_id, key, label, position)
SELECT f.id, o.key, o.label, o.position FROM iduo.form_field f JOIN (VALUES
    ('reason', 'paid', 'Regularizó el pago', 1), ('reason', 'payment_plan', 'Plan de pagos', 2),
    ('reason', 'declined', 'No desea continuar', 3), ('reason', 'unreachable', 'Inubicable', 4),
    ('reason', 'kept', 'Mantiene el servicio', 5), ('reason', 'returned', 'Vuelve a contratar', 6),
    ('reason', 'moved_away', 'Se mudó', 7), ('reason', 'other', 'Otro', 8),
    ('contact_reason', 'collection', 'Cobranza', 1), ('contact_reason', 'recovery', 'Recuperación', 2),
    ('contact_reason', 'promotion', 'Promoción', 3), ('contact_reason', 'verification', 'Verificación de datos', 4),
    ('contact_reason', 'claim', 'Reclamo', 5),
    ('status', 'solved', 'Resuelto', 1), ('status', 'agreed', 'Acordado', 2),
    ('status', 'not_solved', 'Sin resolver', 3), ('status', 'not_reached', 'No contactado', 4),
    ('preferred_channel', 'call', 'Llamada', 1), ('preferred_channel', 'whatsapp', 'WhatsApp', 2),
    ('preferred_channel', 'email', 'Mail', 3), ('preferred_channel', 'sms', 'SMS', 4),
    ('interest', 'more_speed', 'Más velocidad', 1), ('interest', 'tv', 'Sumar TV', 2), ('interest', 'none', 'Ninguna', 3)
) AS o(field, key, label, position) ON o.field = f.key;
INSERT INTO iduo.form_template (version_id, digit, label, values)
SELECT v.id, t.digit, t.label, t.values::jsonb FROM iduo.form_version v, (VALUES
    (1, 'Regularizó el pago', '{"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Regularizó el pago."}'),
    (2, 'Plan de pagos', '{"reason": "payment_plan", "contact_reason": "collection", "status": "agreed", "description": "Acordó un plan de pagos."}'),
    (3, 'No desea continuar', '{"reason": "declined", "contact_reason": "recovery", "status": "not_solved", "description": "No desea continuar con el servicio."}'),
    (4, 'Inubicable', '{"reason": "unreachable", "contact_reason": "collection", "status": "not_reached", "description": "No se lo pudo ubicar por ningún medio."}')
) AS t(digit, label, values);

-- «Datos verificados hoy»: one key, one answer
INSERT INTO iduo.form (kind, title) VALUES ('survey', 'Datos verificados hoy');
INSERT INTO iduo.form_version (form_id, state, published_at) SELECT id, 'published', clock_timestamp() FROM iduo.form WHERE kind = 'survey';
INSERT INTO iduo.form_field (version_id, key, label, kind, required, position)
SELECT v.id, 'verified', 'Los datos son correctos', 'yes_no', true, 1 FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE f.kind = 'survey';
