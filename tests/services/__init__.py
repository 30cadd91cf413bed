"""What can be asked and done, each as the person who asks."""
