/** The settings of Kafka that rules look at. */
export interface KafkaChecked {
  readonly KAFKA_BROKERS?: readonly string[] | undefined;
  readonly KAFKA_TLS: '0' | '1';
  readonly KAFKA_TLS_CA_FILE?: string | undefined;
  readonly KAFKA_TLS_CERT_FILE?: string | undefined;
  readonly KAFKA_TLS_KEY_FILE?: string | undefined;
  readonly KAFKA_PLAINTEXT: '0' | '1';
  readonly KAFKA_SASL_MECHANISM?: string | undefined;
  readonly KAFKA_SASL_USER?: string | undefined;
  readonly KAFKA_SASL_PASSWORD_FILE?: string | undefined;
  readonly KAFKA_INTAKE_TOPIC?: string | undefined;
  readonly KAFKA_INTAKE_REPLY_TOPIC?: string | undefined;
  readonly KAFKA_INTAKE_DEAD_TOPIC?: string | undefined;
  readonly EVENTS_KEY_FILE?: string | undefined;
}

type Report = (name: string, message: string) => void;

/** Rules across the settings of Kafka: raw messages may pass there, and logins. */
export function checkKafka(
  config: KafkaChecked,
  context: { readonly isExposed: boolean; readonly isLoopback: (host: string) => boolean },
  fault: Report,
): void {
  checkTls(config, fault);
  checkLogin(config, fault);
  checkIntake(config, fault);
  const { KAFKA_BROKERS: brokers } = config;
  if (brokers === undefined) return;
  if (brokers.length === 0) fault('KAFKA_BROKERS', 'must name at least one broker');
  const isPlain = config.KAFKA_TLS === '0' && config.KAFKA_PLAINTEXT === '0';
  if (isPlain && brokers.some((broker) => !context.isLoopback(broker.replace(/:\d+$/, '')))) {
    fault('KAFKA_BROKERS', 'must be on this machine, unless KAFKA_TLS or KAFKA_PLAINTEXT is 1');
  }
  if (context.isExposed && config.EVENTS_KEY_FILE === undefined) {
    fault('EVENTS_KEY_FILE', 'must be given with KAFKA_BROKERS, unless everything is loopback');
  }
}

function checkTls(config: KafkaChecked, fault: Report): void {
  const { KAFKA_TLS_CERT_FILE: cert, KAFKA_TLS_KEY_FILE: key } = config;
  if ((cert === undefined) !== (key === undefined)) {
    fault('KAFKA_TLS_CERT_FILE', 'must be given together with KAFKA_TLS_KEY_FILE');
  }
  const isGiven = [cert, key, config.KAFKA_TLS_CA_FILE].some((file) => file !== undefined);
  if (isGiven && config.KAFKA_TLS === '0') fault('KAFKA_TLS', 'must be 1 where a certificate is given');
}

function checkLogin(config: KafkaChecked, fault: Report): void {
  const { KAFKA_SASL_USER: user, KAFKA_SASL_PASSWORD_FILE: password } = config;
  const given = [config.KAFKA_SASL_MECHANISM, user, password].filter((value) => value !== undefined);
  if (given.length !== 0 && given.length !== 3) {
    fault('KAFKA_SASL_MECHANISM', 'must be given together with KAFKA_SASL_USER and KAFKA_SASL_PASSWORD_FILE');
  }
}

function checkIntake(config: KafkaChecked, fault: Report): void {
  const { KAFKA_INTAKE_TOPIC: topic, KAFKA_INTAKE_REPLY_TOPIC: reply } = config;
  const others = [reply, config.KAFKA_INTAKE_DEAD_TOPIC];
  if (topic !== undefined && config.KAFKA_BROKERS === undefined) {
    fault('KAFKA_INTAKE_TOPIC', 'needs KAFKA_BROKERS');
  }
  if (topic === undefined && others.some((name) => name !== undefined)) {
    fault('KAFKA_INTAKE_TOPIC', 'must be given with KAFKA_INTAKE_REPLY_TOPIC and KAFKA_INTAKE_DEAD_TOPIC');
  }
  if (topic !== undefined && others.includes(topic)) {
    fault('KAFKA_INTAKE_TOPIC', 'must be a topic of its own');
  }
}
