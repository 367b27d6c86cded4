# Rotary position embedding (Su et al. 2021, https://arxiv.org/abs/2104.09864), in the layout of Hugging Face: dimension i of a head
# turns together with dimension i + D/2, by the angle position * frequency_i.

# Turns x [N, heads, D] in place; cos and sin are [N, 1, D/2]. sign 1.0 turns forward, -1.0 back, which is also the gradient.
def rotate(x: Tensor, cos: Tensor, sin: Tensor, sign: float) -> Tensor:
  half = cos.size(-1)
  a = x[:, :, 0:half]
  b = x[:, :, half:2 * half]
  turned = torch.mul(a, cos)
  turned.addcmul_(b, sin, value=-sign)
  b.mul_(cos)
  b.addcmul_(a, sin, value=sign)
  a.copy_(turned)
  return x
