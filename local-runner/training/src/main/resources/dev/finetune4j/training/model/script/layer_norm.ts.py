# Layer norm (Ba et al. 2016, https://arxiv.org/abs/1607.06450), with one mean and one factor a row, always float32:
#   x = (h - mean(h)) r w + b   with   r = (var(h) + eps)^(-1/2)

class Norm(NamedTuple):
  weight : Tensor                              # [C] float32
  bias : Tensor                                # [C] float32
  grad_weight : Tensor                         # [C] float32, or [0] where it is frozen
  grad_bias : Tensor                           # [C] float32, or [0]
  eps : float

# The normed rows and what the way back needs.
class Normed(NamedTuple):
  x : Tensor                                   # [N, C]
  mean : Tensor                                # [N, 1] float32
  r : Tensor                                   # [N, 1] float32

def forward(h: Tensor, norm: __torch__.layer_norm.Norm) -> __torch__.layer_norm.Normed:
  x, mean, r = torch.native_layer_norm(h, [h.size(1)], norm.weight, norm.bias, norm.eps)
  return __torch__.layer_norm.Normed(x, mean, r)

# Returns the gradient of h, and adds those of weight and bias. With g = dx * w and n = (h - mean) r:
#   dh = r (g - mean(g) - n mean(g n)),   dw += sum over the rows of dx n,   db += sum over the rows of dx
def backward(dx: Tensor, h: Tensor, normed: __torch__.layer_norm.Normed, norm: __torch__.layer_norm.Norm) -> Tensor:
  learn = norm.grad_weight.numel() > 0
  dh, dw, db = torch.native_layer_norm_backward(dx, h, [h.size(1)], normed.mean, normed.r, norm.weight, norm.bias, [True, learn, learn])
  if learn:
    norm.grad_weight.add_(dw)
    norm.grad_bias.add_(db)
  return dh
