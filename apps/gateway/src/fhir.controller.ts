import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerFhir } from './answer.js';
import { type Parts } from './parts.js';
import { PARTS } from './parts.token.js';

/** The FHIR API: one path, since routes are data of `#fhir`. */
@Controller('fhir/R4')
export class FhirController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @All('*')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerFhir(request, reply, this.#parts);
  }
}
