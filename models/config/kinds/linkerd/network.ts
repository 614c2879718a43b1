// Blocks of addresses in kinds of Linkerd (linkerd: policy-controller/k8s/api/src/policy/network.rs, policy-controller/runtime/src/admission.rs).
import { string, strings } from '../../scalars.js';
import { checked, defaulted, listOf, object, required, type Schema } from '../../schema.js';

export interface Network {
  readonly cidr: string;
  readonly except: readonly string[];
}

const CIDR = /^(\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?|[\da-fA-F:.]*:[\da-fA-F:.]*(\/\d{1,3})?)$/;

const cidr = checked(string, (text, place) => {
  if (!CIDR.test(text)) place.rejectedByKubernetes(`"${text}" is not a block of addresses`, 'write e.g. 10.0.0.0/8');
});

export const networks: Schema<readonly Network[]> = listOf(
  'networks',
  object<Network>('a network', {
    cidr: required('cidr', cidr),
    except: defaulted('except', strings, []),
  }),
);
