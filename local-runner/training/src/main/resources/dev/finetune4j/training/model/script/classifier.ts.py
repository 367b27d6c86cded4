# Classification head: a dense layer and the classifier over K labels, on the row of each sequence's first token; always float32.
#   a = act(x Wd + bd),   z = a Wc + bc,   loss = sum_i ( log sum_k exp(z_ik) - z_i,target )
# act is tanh in BERT (its pooler) and RoBERTa, relu in DistilBERT. S sequences, C width.

class Head(NamedTuple):
  dense : Tensor                               # [C, C]
  dense_bias : Tensor                          # [C]
  out : Tensor                                 # [K, C]
  out_bias : Tensor                            # [K]
  grad_dense : Tensor
  grad_dense_bias : Tensor
  grad_out : Tensor
  grad_out_bias : Tensor
  tanh : bool

def inner(x: Tensor, head: __torch__.classifier.Head) -> Tensor:
  a = torch.addmm(head.dense_bias, x, head.dense.t())                   # [S, C]
  if head.tanh:
    a.tanh_()
  else:
    a.relu_()
  return a

def logits(a: Tensor, head: __torch__.classifier.Head) -> Tensor:
  return torch.addmm(head.out_bias, a, head.out.t())                    # [S, K]

# The summed loss [1] float64.
def loss(z: Tensor, targets: Tensor) -> Tensor:
  hit = torch.gather(torch.log_softmax(z, 1), 1, targets.unsqueeze(1))  # [S, 1]
  return torch.sum(hit, dtype=7).neg().view([1])

# From a, inner(x), and z, logits(a), to the gradient of s loss with respect to x; adds those of the head.
#   dz = s (softmax(z) - onehot(target)),   da = dz Wc,   dWc += dz^T a,   dWd += (da act'(a))^T x
def backward(x: Tensor, a: Tensor, z: Tensor, targets: Tensor, s: float, head: __torch__.classifier.Head) -> Tensor:
  dz = torch.softmax(z, 1)                                              # [S, K]
  dz.scatter_add_(1, targets.unsqueeze(1), torch.full([z.size(0), 1], -1.0, dtype=6)).mul_(s)
  __torch__.linear.backward_weight(dz, a, head.grad_out, head.grad_out_bias)
  da = torch.mm(dz, head.out)                                           # [S, C]
  if head.tanh:
    da.mul_(torch.rsub(torch.mul(a, a), 1.0))
  else:
    da.mul_(torch.sign(a))
  __torch__.linear.backward_weight(da, x, head.grad_dense, head.grad_dense_bias)
  return torch.mm(da, head.dense)                                       # [S, C]
